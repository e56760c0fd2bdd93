"""Right answers of dense-to-conv in other ways."""

TORCH = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"

ANSWERS = {
    "as-parameters": TORCH + '''
def dense_to_conv(linear, channels, height, width):
    """New parameters put into a convolution."""
    if channels * height * width != linear.weight.shape[1]:
        raise ValueError("the dense layer has another number of inputs")
    conv = nn.Conv2d(channels, linear.weight.shape[0], kernel_size=(height, width), bias=False)
    conv.weight = nn.Parameter(linear.weight.detach().clone().unflatten(1, (channels, height, width)))
    if linear.bias is not None:
        conv.bias = nn.Parameter(linear.bias.detach().clone())
    return conv
''',
    "by-state": TORCH + '''
def dense_to_conv(linear, channels, height, width):
    """By the state dict."""
    state = {name: value.clone() for name, value in linear.state_dict().items()}
    try:
        state["weight"] = state["weight"].reshape(linear.out_features, channels, height, width)
    except RuntimeError:
        raise ValueError("in_features does not fit") from None
    conv = nn.Conv2d(channels, linear.out_features, (height, width), bias="bias" in state, dtype=linear.weight.dtype)
    conv.load_state_dict(state)
    return conv
''',
}
