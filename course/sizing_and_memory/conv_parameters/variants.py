"""The numbers of conv-parameters: an RGB image (height, width, channels), maps of three convolutions, images a batch.

In every variant the input and the first output are the largest pair, and some side is odd once halved; so all
variants are equally hard.
"""

CHOICES = {
    "image": [(180, 300, 3), (204, 260, 3), (220, 340, 3), (156, 244, 3), (188, 308, 3)],
    "maps": [(12, 24, 48), (16, 32, 64), (18, 30, 90), (20, 40, 80), (24, 36, 72), (28, 40, 60)],
    "batch": [20, 30, 40, 60],
}
