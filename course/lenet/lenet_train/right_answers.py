"""Right answers of lenet-train in other ways."""

LOADER_AND_SGD = '''
from autograder import offer
from torch.utils.data import DataLoader, TensorDataset


def train_lenet(images, labels, *, seed, device):
    torch.manual_seed(seed)
    model = LeNet5().to(device)
    x = torch.nn.functional.pad(torch.tensor(images)[:, None] / 255.0, (2, 2, 2, 2))
    loader = DataLoader(TensorDataset(x, torch.tensor(labels)), batch_size=16, shuffle=True)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, nesterov=True)
    steps = max(4, 800 // len(loader)) if len(images) < 10_000 else 4
    for epoch in range(steps):
        model.train()
        for batch, target in loader:
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(batch.to(device)), target.to(device)).backward()
            optimizer.step()
        for group in optimizer.param_groups:
            group["lr"] *= 0.9
        offer(model)
    return model
'''

LEFT_IN_TRAINING_MODE = '''
import numpy as np


class Scaled(torch.nn.Module):
    """Normalisation as a layer, and dropout, which the grader has to switch off."""

    def __init__(self, mean, spread):
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean))
        self.register_buffer("spread", torch.tensor(spread))
        self.lenet = LeNet5()
        self.dropout = torch.nn.Dropout(0.02)

    def forward(self, x):
        return self.lenet(self.dropout((x - self.mean) / self.spread))


def train_lenet(images, labels, *, seed, device):
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    padded = np.pad(images, ((0, 0), (2, 2), (2, 2))).astype(np.float32) / 255
    model = Scaled(float(padded.mean()), float(padded.std())).to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=1e-2)
    for _ in range(max(500, 4 * len(images) // 64)):
        batch = rng.integers(0, len(images), 64)
        logits = model(torch.from_numpy(padded[batch, None]).to(device))
        loss = torch.nn.functional.nll_loss(logits.log_softmax(1), torch.from_numpy(labels[batch]).to(device))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model.train()
'''

ANSWERS = {"loader-and-sgd": LOADER_AND_SGD, "left-in-training-mode": LEFT_IN_TRAINING_MODE}
