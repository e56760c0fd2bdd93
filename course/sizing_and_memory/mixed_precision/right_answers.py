"""Right answers of mixed-precision in other ways."""

ANSWERS = {
    "decorator": '''
import torch
def autocast_forward(model, x, dtype):
    """autocast as a decorator."""
    return torch.autocast(device_type=x.device.type, dtype=dtype)(model)(x)
''',
    "functional-call": '''
import torch
def autocast_forward(model, x, dtype):
    """By hand: the model is called with converted copies of its parameters, through which gradients flow back."""
    converted = {name: p.to(dtype) for name, p in model.named_parameters()}
    return torch.func.functional_call(model, converted, (x.to(dtype),))
''',
}
