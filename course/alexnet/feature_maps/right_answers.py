"""Right answers of feature-maps in other ways."""

ANSWERS = {
    "as-context": '''
import contextlib
import torch
@contextlib.contextmanager
def listening(module):
    outputs = []
    handle = module.register_forward_hook(lambda m, i, o: outputs.append(o.clone().detach().numpy()))
    try:
        yield outputs
    finally:
        handle.remove()
def feature_maps(model, layer, image):
    """A context manager takes the hook away."""
    with listening(dict(model.named_modules())[layer]) as outputs, torch.inference_mode():
        model(image)
    return outputs[0].squeeze(0)
''',
    "stopped-early": '''
import torch
class Enough(Exception):
    pass
def feature_maps(model, layer, image):
    """The forward pass ends as soon as the layer has run."""
    module = model
    for name in layer.split("."):
        module = module._modules[name]
    def stop(_, __, output):
        raise Enough(output.detach().cpu().numpy().copy())
    handle = module.register_forward_hook(stop)
    try:
        model(image)
    except Enough as reached:
        return reached.args[0][0]
    finally:
        handle.remove()
''',
    "listening-everywhere": '''
import torch
def feature_maps(model, layer, image):
    """Listens to all modules and picks one; no `with`."""
    seen, handles = {}, []
    def listen(name):
        return lambda module, args, output: seen.__setitem__(name, output.detach().numpy().copy())
    try:
        for name, module in model.named_modules():
            if name == layer:
                handles.append(module.register_forward_hook(listen(name)))
        torch.set_grad_enabled(False)
        model(image)
    finally:
        torch.set_grad_enabled(True)
        for handle in handles:
            handle.remove()
    return seen[layer][0, :, :, :]
''',
}

WRONG = {
    "a-tensor": '''
import torch
def feature_maps(model, layer, image):
    """Everything is right, but for the form."""
    seen = []
    hook = model.get_submodule(layer).register_forward_hook(lambda m, i, o: seen.append(o.detach().clone()))
    try:
        model(image)
    finally:
        hook.remove()
    return seen[0][0]
''',
    "scaled-for-showing": '''
import torch
def feature_maps(model, layer, image):
    """Each map from 0 to 1, as for a picture."""
    seen = []
    hook = model.get_submodule(layer).register_forward_hook(lambda m, i, o: seen.append(o.detach().clone()))
    try:
        model(image)
    finally:
        hook.remove()
    maps = seen[0][0].numpy()
    low = maps.min(axis=(1, 2), keepdims=True)
    return (maps - low) / (maps.max(axis=(1, 2), keepdims=True) - low + 1e-9)
''',
    "kept-for-the-next-image": '''
import torch
known = {}
def feature_maps(model, layer, image):
    """Looks only once at each layer of a model."""
    if (id(model), layer) not in known:
        hook = model.get_submodule(layer).register_forward_hook(
            lambda m, i, o: known.__setitem__((id(model), layer), o.detach().clone()[0].numpy()))
        try:
            model(image)
        finally:
            hook.remove()
    return known[id(model), layer]
''',
    "positive-part": '''
import torch
def feature_maps(model, layer, image):
    """Negative answers are thought to be no answers."""
    seen = []
    hook = model.get_submodule(layer).register_forward_hook(lambda m, i, o: seen.append(o.detach().clamp(min=0)))
    try:
        model(image)
    finally:
        hook.remove()
    return seen[0][0].numpy()
''',
}
