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
}
