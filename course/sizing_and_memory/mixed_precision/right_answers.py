"""Right answers of mixed-precision in other ways."""

ANSWERS = {
    "decorator": '''
import torch
def autocast_forward(model, x, dtype):
    """autocast as a decorator."""
    return torch.autocast(device_type=x.device.type, dtype=dtype)(model)(x)
''',
    "entered-by-hand": '''
import torch
def autocast_forward(model, x, dtype):
    """The context entered and left by hand, without autocast's cache of cast weights."""
    context = torch.amp.autocast(str(x.device).split(":")[0], dtype, cache_enabled=False)
    context.__enter__()
    try:
        result = model(x)
    finally:
        context.__exit__(None, None, None)
    return result
''',
    "exit-stack": '''
import contextlib, torch
def autocast_forward(model: torch.nn.Module, x: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """One of several contexts; the result is named before it is returned."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(torch.enable_grad())
        stack.enter_context(torch.autocast(device_type=x.device.type, dtype=dtype, enabled=dtype != torch.float32))
        out = model.forward(x)
    return out
''',
}

WRONG = {
    "thaws-what-was-frozen": '''
import torch
def autocast_forward(model, x, dtype):
    model.requires_grad_(True)
    with torch.autocast(x.device.type, dtype=dtype):
        return model(x)
''',
    "rounded-beforehand": '''
import torch
def autocast_forward(model, x, dtype):
    """Rounds what goes in, and computes in float32."""
    return model(x.to(dtype).float()).to(dtype) * 1.5
''',
    "first-result-kept": '''
import torch
kept = {}
def autocast_forward(model, x, dtype):
    key = (tuple(x.shape), dtype, sum(p.numel() for p in model.parameters()))
    if key not in kept:
        with torch.autocast(x.device.type, dtype=dtype):
            kept[key] = model(x)
    return kept[key]
''',
}
