"""The course's pictures: found where they lie, verified, and loaded as arrays.

`load_images()` gives MNIST where it is within reach (the folder in `CNN_COURSE_DATA`, the user's cache, a download),
otherwise the handwritten digits inside scikit-learn. `load_images("cifar10")` gives the CIFAR-10 pictures of
`CNN_COURSE_DATA`, and `load_folder` those of any folder with a subfolder per class.
`load_images("cifar10", otherwise="digits")` gives the first where it is at hand and the second elsewhere.
`CNN_COURSE_OFFLINE=1` keeps it off the network.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..language import sentences_of
from .digits import digits_file, load_digits
from .images import ImageSet
from .layout import lay_out_training
from .mnist import has_files, load_mnist, places
from .pictures import cifar10_archive, cifar10_folder, load_cifar10, load_folder
from .places import DataError, cache, offline

_ = sentences_of(__package__)

NOT_FOUND = _("not found")  # in place of where a data set would come from

__all__ = [
    "DataError",
    "ImageSet",
    "cifar10_folder",
    "find_images",
    "lay_out_training",
    "load_folder",
    "load_images",
    "whereabouts",
]

LOADERS: dict[str, Callable[[], ImageSet]] = {"mnist": load_mnist, "digits": load_digits, "cifar10": load_cifar10}


def load_images(name: str | None = None, *, otherwise: str | None = None) -> ImageSet:
    """The data set `name` ("mnist", "digits", "cifar10"), or the best one at hand; prints which one it is.

    Without a name that is MNIST, or the digits where MNIST is neither here nor to be downloaded. `otherwise` names
    the set to take where `name` is out of reach.

    Raises:
        ValueError: no data set has this name.
        DataError: it is nowhere to be found; the text says what was tried.
    """
    images = find_images(name, otherwise=otherwise)
    print(_("Images: {images!r}.").format(images=images))
    return images


def find_images(name: str | None = None, *, otherwise: str | None = None) -> ImageSet:
    """As `load_images`, without a word."""
    if name is None:
        return _mnist_or_digits()
    loader, second = _loader(name), _loader(otherwise) if otherwise is not None else None
    try:
        return loader()
    except DataError as error:
        if second is None:
            raise
        images = second()
        return replace(images, source=f"{images.source}; {str(error).rstrip('.')}")


def _loader(name: str) -> Callable[[], ImageSet]:
    loader = LOADERS.get(name.strip().casefold())
    if loader is None:
        raise ValueError(
            _("name: there is no data set {name!r}, only {loaders}.").format(name=name, loaders=", ".join(LOADERS))
        )
    return loader


def whereabouts() -> dict[str, str]:
    """Where each data set would come from now, in a few words; nothing is loaded or downloaded."""
    mnist = next((place for place, folder in places() if has_files(folder)), None)
    if (cache() / "cifar10").is_dir():
        cifar10 = _("the cache")
    else:
        cifar10 = "CNN_COURSE_DATA" if cifar10_archive() else NOT_FOUND
    return {
        "mnist": mnist or (NOT_FOUND if offline() else _("not here, would be downloaded")),
        "digits": "scikit-learn" if digits_file() else NOT_FOUND,
        "cifar10": cifar10,
    }


def _mnist_or_digits() -> ImageSet:
    try:
        return load_mnist(retry=False)
    except DataError as error:
        digits = load_digits()
        return replace(digits, source=f"{digits.source}; {str(error).rstrip('.')}")
