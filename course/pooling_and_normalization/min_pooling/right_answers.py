"""Right answers by other ways."""

from __future__ import annotations

from ..max_pooling.right_answers import BY_AXES, BY_SLICES, LAYER, TWICE

ANSWERS = {
    "loops over windows": LAYER.format(name="MinPooling2D", of_window="np.min"),
    "one axis after the other": BY_AXES.format(
        name="MinPooling2D", compute=TWICE.format(fill="np.inf", combine="np.min")),
}


BY_NEGATION = BY_SLICES.replace("MaxPooling2D", "Windows") + '''

class MinPooling2D:
    def __init__(self, pool_size=(2, 2), stride=None, padding="valid"):
        self.pool = Windows(pool_size, stride, padding)

    def forward(self, image):
        image = np.asarray(image)
        return -self.pool.forward(-(image if image.dtype == np.float32 else image.astype(float)))
'''
ANSWERS["the negative of a maximum"] = BY_NEGATION

NEGATED_IN_PLACE = '''
        if image.dtype.kind == "f":
            image *= -1
            return -self.pool.forward(image)
        return'''
WRONG = {
    "the image is negated in place": BY_NEGATION.replace("        return -self", NEGATED_IN_PLACE[1:] + " -self"),
    "without a sign at the end": BY_NEGATION.replace("return -self.pool", "return abs(self.pool").replace(
        "image.astype(float)))", "image.astype(float))))"),
    "one minus the maximum of one minus x": BY_NEGATION.replace(
        "-self.pool.forward(-(image if image.dtype == np.float32 else image.astype(float)))",
        "2 - self.pool.forward(1 - (image if image.dtype == np.float32 else image.astype(float)))"),
    "one by the largest of one by x": BY_NEGATION.replace(
        "-self.pool.forward(-(image if image.dtype == np.float32 else image.astype(float)))",
        "1 / self.pool.forward(1 / (image if image.dtype == np.float32 else image.astype(float)))"),
    "a NaN is passed over": BY_NEGATION.replace(
        "return -self", "image = np.where(np.isnan(image), np.inf, image)\n        return -self"),
    "the first result is kept for each shape": BY_NEGATION.replace(
        "        return -self.pool", "        self.kept = getattr(self, 'kept', {})\n"
        "        if image.shape in self.kept:\n            return self.kept[image.shape]\n"
        "        self.kept[image.shape] = -self.pool").replace(
        "image.astype(float)))", "image.astype(float)))\n        return self.kept[image.shape]"),
}
