"""The numbers of conv-parameters: an RGB image (height, width, channels), maps of three convolutions, images a batch.

In every variant the image and the first output are the largest pair of consecutive outputs, while the first and the
third output are the two largest; and a side is odd from the beginning. So whoever takes the two largest outputs,
forgets the image or rounds down finds another number, and all variants are equally hard.
"""

CHOICES = {
    "image": [(181, 300, 3), (204, 261, 3), (219, 340, 3), (157, 244, 3), (187, 308, 3)],
    "maps": [(24, 16, 256), (20, 12, 240), (32, 24, 288), (40, 20, 320), (28, 18, 224), (36, 30, 272)],
    "batch": [20, 30, 40, 60],
}
