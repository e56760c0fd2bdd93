"""Right answers of alexnet-train in other ways."""

ANSWERS = {
    "with-batch-normalisation": '''
import numpy as np
import torch
from torch import nn
import torch.nn.functional as F
def train_alexnet(images, labels, *, num_classes, seed, device):
    """Batch normalisation, one pixel shift for each batch, SGD with momentum."""
    torch.manual_seed(seed)
    def conv(before, after, size, pool):
        parts = [nn.Conv2d(before, after, size, padding=size // 2, bias=False), nn.BatchNorm2d(after), nn.ReLU()]
        return parts + ([nn.MaxPool2d(3, 2)] if pool else [])
    model = nn.Sequential(
        nn.AvgPool2d(2), *conv(3, 16, 5, True), *conv(16, 32, 3, False), *conv(32, 32, 3, False),
        *conv(32, 32, 3, False), *conv(32, 32, 3, True), nn.Flatten(), nn.LazyLinear(128), nn.ReLU(), nn.Dropout(0.3),
        nn.Linear(128, num_classes),
    ).to(device)
    x = torch.tensor(images, device=device).movedim(3, 1) / 255.0
    y = torch.tensor(labels, device=device)
    model(x[:8])
    epochs = max(10, 20000 // max(len(x), 1000))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=5e-4)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    for epoch in range(epochs):
        for chosen in torch.randperm(len(x)).to(device).split(64):
            if len(chosen) < 2:
                continue
            move = torch.randint(-2, 3, (2,)).tolist()
            batch = torch.roll(x[chosen], move, dims=(2, 3))
            optimizer.zero_grad()
            F.cross_entropy(model(batch), y[chosen], label_smoothing=0.05).backward()
            optimizer.step()
        schedule.step()
    return model
''',
    "turned-a-little": '''
import numpy as np
import torch
from torch import nn
import torch.nn.functional as F
class Net(nn.Module):
    """Named layers; scaling is a layer of the network."""
    def __init__(self, classes, side):
        super().__init__()
        self.c1, self.c2 = nn.Conv2d(3, 16, 5, stride=2, padding=2), nn.Conv2d(16, 32, 3, padding=1)
        self.c3, self.c4, self.c5 = (nn.Conv2d(32, 32, 3, padding=1) for _ in range(3))
        self.d1, self.d2, self.d3 = nn.Linear(32 * side[0] * side[1], 160), nn.Linear(160, 96), nn.Linear(96, classes)
    def forward(self, x):
        x = F.max_pool2d(F.relu(self.c1(4 * x - 2)), 3, 2)
        x = F.relu(self.c2(x))
        x = F.max_pool2d(F.relu(self.c5(F.relu(self.c4(F.relu(self.c3(x)))))), 3, 2).flatten(1)
        x = F.relu(self.d1(F.dropout(x, 0.2, self.training)))
        return self.d3(F.relu(self.d2(F.dropout(x, 0.2, self.training))))
def train_alexnet(images, labels, *, num_classes, seed, device):
    """Every image of a batch is turned and shifted a little by an affine grid."""
    generator = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    side = [(((s + 1) // 2 - 3) // 2 + 1 - 3) // 2 + 1 for s in images.shape[1:3]]
    net = Net(num_classes, side).to(device)
    x = torch.from_numpy(images.transpose(0, 3, 1, 2).astype("float32") / 255).to(device)
    y = torch.from_numpy(labels).to(device)
    steps = max(160, 20 * len(x) // 64)
    optimizer = torch.optim.AdamW(net.parameters(), lr=4e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        chosen = torch.randint(len(x), (64,), generator=generator).to(device)
        angle = 0.3 * (torch.rand(64, generator=generator) - 0.5)
        moves = 0.2 * (torch.rand(2, 64, generator=generator) - 0.5)
        theta = torch.stack([torch.stack([angle.cos(), -angle.sin(), moves[0]], 1),
                             torch.stack([angle.sin(), angle.cos(), moves[1]], 1)], 1).to(device)
        batch = F.grid_sample(x[chosen], F.affine_grid(theta, x[chosen].shape, align_corners=False),
                              align_corners=False, padding_mode="border")
        loss = F.cross_entropy(net(batch), y[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return net
''',
}
