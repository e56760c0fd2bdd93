"""The textbook's convolution instead of the frameworks': the kernel is turned around before it slides."""

# task: conv2d
class Conv2D:
    def __init__(self, filters, kernel_size, stride=1, padding="valid", dilation=1):
        pair = lambda value: tuple(int(v) for v in np.broadcast_to(value, 2))
        self.size, self.stride, self.dilation = pair(kernel_size), pair(stride), pair(dilation)
        for name, value in (("kernel_size", self.size), ("stride", self.stride), ("dilation", self.dilation)):
            if min(value) < 1:
                raise ValueError(f"{name} must be 1 or more")
        if filters < 1:
            raise ValueError("filters must be 1 or more")
        if padding not in ("valid", "same"):
            raise ValueError("padding must be valid or same")
        self.padding, self.kernels, self.bias = padding, None, np.zeros(filters)

    def forward(self, image):
        image = np.asarray(image)
        image = image if image.dtype == np.float32 else image.astype(np.float64)
        if image.ndim == 4:
            one = self.forward(np.zeros(image.shape[1:], image.dtype))
            return np.array([self.forward(x) for x in image], image.dtype).reshape(len(image), *one.shape)
        if image.ndim != 3:
            raise ValueError("image must have three axes, or four")
        if self.kernels is None:
            self.kernels = np.random.randn(len(self.bias), *self.size, image.shape[2]) * 0.1
        if self.kernels.shape[3] != image.shape[2]:
            raise ValueError("image has the wrong channels")
        if self.padding == "same":
            (top, bottom), (left, right) = (
                same_padding(image.shape[a], self.size[a], self.stride[a], self.dilation[a]) for a in (0, 1)
            )
            image = np.pad(image, ((top, bottom), (left, right), (0, 0)))
        high, wide = (self.dilation[a] * (self.size[a] - 1) + 1 for a in (0, 1))
        if high > image.shape[0] or wide > image.shape[1]:
            raise ValueError("kernel_size is too large for the image")
        rows = range(0, image.shape[0] - high + 1, self.stride[0])
        columns = range(0, image.shape[1] - wide + 1, self.stride[1])
        flipped = np.flip(self.kernels, axis=(1, 2))
        result = np.zeros((len(rows), len(columns), len(self.bias)), image.dtype)
        for i, row in enumerate(rows):
            for j, column in enumerate(columns):
                window = image[row : row + high : self.dilation[0], column : column + wide : self.dilation[1]]
                result[i, j] = np.sum(flipped * window, axis=(1, 2, 3)) + self.bias
        return result
