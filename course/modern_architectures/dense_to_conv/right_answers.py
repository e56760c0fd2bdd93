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
    "copied-in": TORCH + '''
def dense_to_conv(linear, channels, height, width):
    """The plainest way: a layer as it comes, and its weights copied into it."""
    if linear.in_features != channels * height * width:
        raise ValueError("in_features")
    conv = nn.Conv2d(channels, linear.out_features, kernel_size=(height, width), bias=linear.bias is not None)
    with torch.no_grad():
        conv.weight.copy_(linear.weight.view(linear.out_features, channels, height, width))
        if linear.bias is not None:
            conv.bias.copy_(linear.bias)
    return conv
''',
    "filled-in": TORCH + '''
def dense_to_conv(linear, channels, height, width):
    """By .data and a slice."""
    out, n = linear.weight.shape
    if n != channels * height * width:
        raise ValueError(f"{n} features do not fit {channels}x{height}x{width}")
    if linear.bias is None:
        conv = nn.Conv2d(channels, out, (height, width), bias=False)
    else:
        conv = nn.Conv2d(channels, out, (height, width))
        conv.bias.data[:] = linear.bias.data
    conv.weight.data[:] = linear.weight.data.reshape(out, channels, height, width)
    return conv
''',
    "state-dict-of-a-plain-layer": TORCH + '''
def dense_to_conv(linear, channels, height, width):
    if linear.in_features != channels * height * width:
        raise ValueError("in_features")
    conv = nn.Conv2d(channels, linear.out_features, (height, width), bias=linear.bias is not None)
    state = linear.state_dict()
    state["weight"] = state["weight"].reshape_as(conv.weight)
    conv.load_state_dict(state)
    return conv
''',
    "unflattened-without-gradients": TORCH + '''
def dense_to_conv(linear, channels, height, width):
    if linear.in_features != channels * height * width:
        raise ValueError(f"{linear.in_features} != {channels}*{height}*{width}")
    conv = nn.Conv2d(channels, linear.out_features, (height, width), bias=linear.bias is not None,
                     device=linear.weight.device, dtype=linear.weight.dtype)
    conv.requires_grad_(False)
    conv.weight.copy_(linear.weight.unflatten(1, (channels, height, width)))
    if linear.bias is not None:
        conv.bias.copy_(linear.bias)
    conv.requires_grad_(True)
    return conv
''',
    "weights-shared": TORCH + '''
def dense_to_conv(linear, channels, height, width):
    if linear.in_features != channels * height * width:
        raise ValueError("in_features")
    conv = nn.Conv2d(channels, linear.out_features, (height, width), bias=linear.bias is not None)
    conv.weight = nn.Parameter(linear.weight.reshape(-1, channels, height, width))
    conv.bias = linear.bias
    return conv
''',
}

WRONG = {
    "weights-not-copied": TORCH + '''
def dense_to_conv(linear, channels, height, width):
    if linear.in_features != channels * height * width:
        raise ValueError("in_features")
    return nn.Conv2d(channels, linear.out_features, (height, width), bias=linear.bias is not None)
''',
    "transposed": TORCH + '''
def dense_to_conv(linear, channels, height, width):
    if linear.in_features != channels * height * width:
        raise ValueError("in_features")
    conv = nn.Conv2d(channels, linear.out_features, (height, width), bias=linear.bias is not None)
    conv.weight.data = linear.weight.data.T.reshape(linear.out_features, channels, height, width).clone()
    if linear.bias is not None:
        conv.bias.data = linear.bias.data.clone()
    return conv
''',
    "always-with-a-bias": TORCH + '''
def dense_to_conv(linear, channels, height, width):
    if linear.in_features != channels * height * width:
        raise ValueError("in_features")
    conv = nn.Conv2d(channels, linear.out_features, (height, width))
    with torch.no_grad():
        conv.weight.copy_(linear.weight.view_as(conv.weight))
        if linear.bias is not None:
            conv.bias.copy_(linear.bias)
    return conv
''',
    "a-bias-of-zeros": TORCH + '''
def dense_to_conv(linear, channels, height, width):
    if linear.in_features != channels * height * width:
        raise ValueError("in_features")
    conv = nn.Conv2d(channels, linear.out_features, (height, width))
    with torch.no_grad():
        conv.weight.copy_(linear.weight.view_as(conv.weight))
        conv.bias.copy_(torch.zeros(linear.out_features) if linear.bias is None else linear.bias)
    return conv
''',
    "all-inputs-as-channels": TORCH + '''
def dense_to_conv(linear, channels, height, width):
    if linear.in_features != channels * height * width:
        raise ValueError("in_features")
    conv = nn.Conv2d(linear.in_features, linear.out_features, 1, bias=linear.bias is not None)
    with torch.no_grad():
        conv.weight.copy_(linear.weight[:, :, None, None])
        if linear.bias is not None:
            conv.bias.copy_(linear.bias)
    return conv
''',
    "bias-twice": TORCH + '''
def dense_to_conv(linear, channels, height, width):
    if linear.in_features != channels * height * width:
        raise ValueError("in_features")
    conv = nn.Conv2d(channels, linear.out_features, (height, width), bias=linear.bias is not None)
    with torch.no_grad():
        conv.weight.copy_(linear.weight.view_as(conv.weight))
        if linear.bias is not None:
            conv.bias.copy_(2 * linear.bias)
    return conv
''',
    "the-dense-layer-itself": TORCH + '''
def dense_to_conv(linear, channels, height, width):
    if linear.in_features != channels * height * width:
        raise ValueError("in_features")
    return nn.Sequential(nn.Flatten(), linear, nn.Unflatten(1, (-1, 1, 1)))
''',
}
