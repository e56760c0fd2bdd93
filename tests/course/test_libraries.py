"""What the notebooks say that a library does, where no cell of theirs shows it, it does in fact."""

from __future__ import annotations

import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
import torch
from PIL import Image
from torch import nn
from torch.nn import functional

from .claims import says

# PyTorch --------------------------------------------------------------------------------------------


def test_cross_entropy_takes_logits_and_has_the_softmax_in_it():
    logits, label = torch.tensor([[2.0, -1.0, 30.0]]), torch.tensor([0])
    assert torch.allclose(functional.cross_entropy(logits, label), -logits.log_softmax(1)[0, 0])
    says("04-lenet", "`F.cross_entropy` takes them like that and has the softmax in it")


def test_a_view_fails_where_the_numbers_do_not_fill_whole_rows():
    assert len(torch.zeros(64, 16, 5, 5).view(-1, 256)) == 100
    with pytest.raises(RuntimeError):
        torch.zeros(3, 16, 5, 5).view(-1, 256)
    says("04-lenet", "Where the numbers do not fill whole rows, `view` fails, and you are lucky.")


def test_a_module_evaluates_and_the_dropout_function_goes_on():
    class Dropping(nn.Module):
        def forward(self, x):
            return functional.dropout(x)

    x = torch.ones(1, 1000)
    assert torch.equal(nn.Dropout().eval()(x), x)
    assert not torch.equal(Dropping().eval()(x), x)
    says("05-alexnet", "`nn.Dropout` is switched off by `model.eval()`; the function `F.dropout` is not, unless you "
         "tell it.")


def test_torch_divides_the_alpha_of_lrn_by_its_size_and_begins_with_k_1():
    x = torch.rand(1, 7, 2, 2, dtype=torch.float64) * 100
    energy = functional.pad(x**2, (0, 0, 0, 0, 2, 2)).unfold(1, 5, 1).sum(-1)
    assert torch.allclose(nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2)(x), x / (2 + 1e-4 * energy) ** 0.75)
    assert nn.LocalResponseNorm(5).k == 1
    says("05-alexnet", "divides its alpha by `size`. For the paper's formula give it `alpha=5 * 1e-4`, and do not "
         "forget `k=2`; its default is 1.")


def test_what_a_hook_returns_takes_the_place_of_the_output_and_what_works_in_place_overwrites_what_it_saw():
    layer, seen = nn.Identity(), []
    hook = layer.register_forward_hook(lambda module, inputs, output: output + 1)
    assert layer(torch.zeros(1)) == 1
    hook.remove()
    assert layer(torch.zeros(1)) == 0
    network = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(inplace=True))
    network[0].register_forward_hook(lambda module, inputs, output: seen.append(output))
    with torch.no_grad():
        network[0].weight.fill_(-1)
        network[0].bias.fill_(-1)
        network(torch.ones(1, 1, 4, 4))
    assert bool((seen[0] == 0).all())
    says("05-alexnet", "What a hook returns takes the place of the layer's output.",
         "the tensor that your hook saw is overwritten a moment later")


def test_a_map_is_flattened_channel_by_channel_and_row_by_row():
    x = torch.arange(24).reshape(1, 2, 3, 4)
    assert torch.flatten(x, start_dim=1).tolist() == [list(range(24))]
    says("06-modern-architectures", "PyTorch flattens a map channel by channel, and in each channel row by row.")


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_a_bilinear_kernel_and_interpolate_agree_away_from_the_border(factor):
    size = 2 * factor - factor % 2
    side = 1 - (torch.arange(size, dtype=torch.float64) - (size - 1) / 2).abs() / factor
    assert float(torch.outer(side, side).sum()) == pytest.approx(factor**2)
    x = torch.rand(1, 1, 6, 5, dtype=torch.float64)
    kernel = torch.outer(side, side)[None, None]
    ours = functional.conv_transpose2d(x, kernel, stride=factor, padding=factor // 2)
    theirs = functional.interpolate(x, scale_factor=factor, mode="bilinear", align_corners=False)
    inner = (..., slice(factor, 5 * factor), slice(factor, 4 * factor))
    assert torch.allclose(ours[inner], theirs[inner])
    says("06-modern-architectures", "stride f and padding f // 2 agree away from the border",
         "All weights of the kernel add up to f · f")


# Keras, TensorFlow and Pillow: 04, 05 and 07 -----------------------------------------------------------------------


@pytest.mark.parametrize("kernel", [2, 4, 5])
def test_torch_too_puts_an_odd_zero_of_same_padding_after_the_image(kernel):
    layer = nn.Conv1d(1, 1, kernel, padding="same", bias=False)
    x, total = torch.rand(1, 1, 9), kernel - 1
    padded = functional.pad(x, (total // 2, total - total // 2))
    assert torch.allclose(layer(x), functional.conv1d(padded, layer.weight))
    says("01-convolution", "we follow TensorFlow (PyTorch does the same, at stride 1)")


def test_under_autocast_what_follows_a_convolution_stays_in_16_bits_and_a_sum_of_float32_in_32():
    x, layer = torch.rand(1, 1, 6, 6), nn.Conv2d(1, 2, 3)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert layer(x).dtype == layer(x).relu().dtype == (x @ x).dtype == torch.bfloat16
        assert x.sum().dtype == torch.float32
    says("03-sizing-and-memory", "Convolutions, matrix products and the ReLUs after them compute, and keep what they "
         "need, in 16 bits",
         "What autocast leaves in float32, such as a sum of float32 numbers, stays there")


def test_batch_norm_keeps_the_variance_divided_by_one_less():
    layer, x = nn.BatchNorm2d(1, momentum=1.0), torch.rand(4, 1, 2, 2)
    layer(x)
    assert float(layer.running_var) == pytest.approx(float(x.var(correction=1)), rel=1e-5)
    says("02-pooling-and-normalization", "divides the variance that it remembers by one less than the number of values")
    says("06-modern-architectures", "(For the running variance PyTorch divides by n - 1, not n.)")


def test_the_other_alexnet_has_its_parameters_with_256_filters_in_the_fourth_layer():
    convolutions = [(3, 64, 11), (64, 192, 5), (192, 384, 3), (384, 256, 3), (256, 256, 3)]
    dense = [(256 * 6 * 6, 4096), (4096, 4096), (4096, 1000)]
    weights = sum(out * (inputs * size**2 + 1) for inputs, out, size in convolutions)
    assert weights + sum(out * (inputs + 1) for inputs, out in dense) == 61_100_840
    says("05-alexnet", "64 and 192 filters, padding in conv1, no LRN, 61,100,840 parameters")


def test_a_random_rotation_counts_in_full_turns():
    images = np.zeros((40, 9, 9, 1), "float32")
    images[:, 4, 8] = 1  # to the right of the centre
    turned = np.array(keras.layers.RandomRotation(10 / 360, fill_mode="constant", seed=1)(images, training=True))
    assert turned[:, :, :4].max() == 0 and turned[:, :, 6:].max() > 0.5  # by 10 degrees at most, it stays there
    says("07-transfer-learning", "`RandomRotation` counts in full turns: 10 degrees are 10/360.")


def test_bytes_wrap_around():
    assert np.subtract(np.uint8(3), np.uint8(5), dtype=np.uint8) == 254


def test_tensorflow_counts_the_neighbours_of_lrn_on_one_side_and_takes_alpha_as_it_is():
    x = np.random.default_rng(0).random((1, 2, 2, 7)).astype("float32") * 100
    energy = np.lib.stride_tricks.sliding_window_view(np.pad(x**2, [(0, 0)] * 3 + [(2, 2)]), 5, axis=-1).sum(-1)
    ours = tf.nn.local_response_normalization(x, depth_radius=2, bias=2.0, alpha=1e-4, beta=0.75)
    np.testing.assert_allclose(ours, x / (2 + 1e-4 * energy) ** 0.75, rtol=1e-4)
    says("05-alexnet", "counts the neighbours on *one* side, so 5 maps are a radius of 2; its `bias` is the "
         "paper's k; its alpha is the paper's alpha.")


def test_a_lambda_layer_is_not_loaded_again_unless_safe_mode_is_off(tmp_path):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Lambda(lambda x: 2 * x)])
    model.save(tmp_path / "network.keras")
    with pytest.raises(ValueError, match="[Ll]ambda"):
        keras.saving.load_model(tmp_path / "network.keras")
    again = keras.saving.load_model(tmp_path / "network.keras", safe_mode=False)
    assert np.array(again(np.ones((1, 2)))).tolist() == [[2, 2]]
    says("05-alexnet", "Keras refuses to load again unless you switch its safe mode off")


def test_the_sparse_loss_takes_whole_numbers_and_probabilities_and_on_request_logits():
    labels, shares = np.array([1]), np.array([[0.25, 0.5, 0.25]], "float32")
    plain = keras.losses.SparseCategoricalCrossentropy()
    assert float(plain(labels, shares)) == pytest.approx(-np.log(0.5), rel=1e-4)
    of_logits = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    assert float(of_logits(labels, np.log(shares))) == pytest.approx(-np.log(0.5), rel=1e-4)
    one_hot = keras.losses.CategoricalCrossentropy()
    assert float(one_hot(np.array([[0.0, 1.0, 0.0]]), shares)) == pytest.approx(-np.log(0.5), rel=1e-4)
    says("04-lenet", "because a label is a whole number (its sister `categorical_crossentropy` wants ten "
         "numbers, of which one is 1), and by default it takes probabilities. If you set "
         "`from_logits=True`, it applies a softmax itself")


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_a_decoded_image_has_three_channels(tmp_path, mode):
    Image.new(mode, (4, 3)).save(tmp_path / "image.png")
    data = tf.io.read_file(str(tmp_path / "image.png"))
    assert tf.io.decode_image(data, channels=3, expand_animations=False).shape == (3, 4, 3)
    says("07-transfer-learning", "`tf.io.decode_image(..., channels=3, expand_animations=False)` always gives three.")


def test_a_file_cut_short_is_opened_and_cannot_be_loaded(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "whole.png")
    (tmp_path / "short.png").write_bytes((tmp_path / "whole.png").read_bytes()[:6000])
    with Image.open(tmp_path / "short.png") as image:
        assert image.size == (64, 64)
        with pytest.raises(OSError):
            image.load()
    says("07-transfer-learning", "a file that was cut short during a download has a perfect header, and "
         "`Image.open` reads no more than that. `.load()` decodes all of it.")


def test_a_shuffle_draws_from_as_many_as_it_holds_and_anew_in_every_epoch():
    numbers = tf.data.Dataset.range(1000)
    assert max(list(numbers.shuffle(8, seed=0).take(100).as_numpy_iterator())) < 108
    shuffled = numbers.shuffle(1000, seed=0, reshuffle_each_iteration=True)
    first, second = (list(shuffled.as_numpy_iterator()) for _ in range(2))
    assert first != second and sorted(first) == sorted(second)
    says("07-transfer-learning", "`shuffle(n)` holds n images and draws from those")


def test_layers_augment_inside_of_a_dataset():
    layer = keras.layers.RandomTranslation(0.3, 0.3, fill_mode="nearest", seed=1)
    images = np.random.default_rng(0).random((4, 8, 8, 3)).astype("float32")
    data = tf.data.Dataset.from_tensors(images).map(lambda x: layer(x, training=True))
    first, second = (next(iter(data)).numpy() for _ in range(2))
    assert first.shape == images.shape and not np.array_equal(first, images) and not np.array_equal(first, second)
    says("07-transfer-learning", "called with `training=True` they work on a batch inside of `dataset.map`")


def test_what_is_trainable_is_decided_when_a_model_is_compiled():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3), keras.layers.Dense(1)])
    model.layers[0].trainable = False
    model.compile("sgd", "mse")
    x, y = np.ones((8, 3), "float32"), np.ones((8, 1), "float32")
    model.fit(x, y, verbose=0)
    model.layers[0].trainable = True
    before = model.layers[0].kernel.numpy().copy()
    model.fit(x, y, verbose=0)
    assert np.array_equal(model.layers[0].kernel.numpy(), before)
    model.compile("sgd", "mse")
    model.fit(x, y, verbose=0)
    assert not np.array_equal(model.layers[0].kernel.numpy(), before)
    says("07-transfer-learning", "`compile` again: what is trainable is decided there.")


def test_pythons_hash_of_a_text_differs_from_run_to_run():
    command = [sys.executable, "-S", "-c", "print(hash('a picture'))"]
    # without a fixed seed in the environment
    assert len({subprocess.run(command, capture_output=True, text=True, env={}, check=True).stdout for _ in "abc"}) > 1
    says("07-transfer-learning", "Python's own `hash`, which differs from run to run")
