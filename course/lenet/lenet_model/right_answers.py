"""Right answers of lenet-model in other ways."""

TORCH = "import numpy as np\nimport torch\nfrom torch import nn\nimport torch.nn.functional as F\n"

ANSWERS = {
    "one-sequence": TORCH + '''
class LeNet5(nn.Module):
    """One sequence of modules; C5 is a convolution, as in the paper."""
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 6, kernel_size=5), nn.Tanh(), nn.AvgPool2d(kernel_size=2, stride=2),
            nn.Conv2d(6, 16, kernel_size=5), nn.Tanh(), nn.AvgPool2d(kernel_size=2, stride=2),
            nn.Conv2d(16, 120, kernel_size=5), nn.Tanh(), nn.Flatten(),
            nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10))
    def forward(self, x):
        return self.layers(x)
''',
    "bare-parameters": TORCH + '''
class LeNet5(nn.Module):
    """Parameters kept bare, pooling as means over a reshaped axis, dense layers as matrix products."""
    def __init__(self):
        super().__init__()
        shapes = [(6, 1, 5, 5), (16, 6, 5, 5), (120, 400), (84, 120), (10, 84)]
        self.w = nn.ParameterList([torch.randn(s) / torch.tensor(s[1:]).prod() ** 0.5 for s in shapes])
        self.b = nn.ParameterList([torch.zeros(s[0]) for s in shapes])
    def halve(self, x):
        n, c, h, w = x.shape
        return x.view(n, c, h // 2, 2, w // 2, 2).mean(dim=(3, 5))
    def forward(self, x):
        for k in (0, 1):
            x = self.halve(F.conv2d(x, self.w[k], self.b[k]).tanh())
        x = x.reshape(len(x), 400)
        for k in (2, 3):
            x = (x @ self.w[k].T + self.b[k]).tanh()
        return x @ self.w[4].T + self.b[4]
''',
}
