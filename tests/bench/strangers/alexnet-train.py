"""Answers to alexnet-train, written from the student notebook alone; see strangers.py."""

# answer: adam (ordinary): five convolutions, three poolings, dropout, Adam 1e-3
class SmallAlexNet(nn.Module):
    def __init__(self, height, width, num_classes):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
            nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
            nn.Conv2d(64, 96, 3, padding=1), nn.ReLU(),
            nn.Conv2d(96, 96, 3, padding=1), nn.ReLU(),
            nn.Conv2d(96, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2),
        )
        with torch.no_grad():
            n = self.features(torch.zeros(1, 3, height, width)).numel()
        self.classifier = nn.Sequential(
            nn.Flatten(), nn.Dropout(0.5), nn.Linear(n, 256), nn.ReLU(),
            nn.Dropout(0.5), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, num_classes),
        )

    def forward(self, x):
        return self.classifier(self.features(x))


def train_alexnet(images, labels, *, num_classes, seed, device):
    torch.manual_seed(seed)
    model = SmallAlexNet(images.shape[1], images.shape[2], num_classes).to(device)
    x = torch.from_numpy(images).permute(0, 3, 1, 2).float().to(device) / 255
    y = torch.from_numpy(labels).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(20):
        model.train()
        for batch in torch.randperm(len(x)).split(64):
            loss = F.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        offer(model)
    return model


# answer: sgd_momentum (ordinary): SGD 0.02 with momentum, weight decay, as in the paper
def train_alexnet(images, labels, *, num_classes, seed, device):
    torch.manual_seed(seed)
    model = nn.Sequential(
        nn.Conv2d(3, 24, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(24, 48, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(48, 64, 3, padding=1), nn.ReLU(),
        nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(),
        nn.Conv2d(64, 48, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Flatten(), nn.Dropout(0.5), nn.LazyLinear(128), nn.ReLU(),
        nn.Dropout(0.5), nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, num_classes),
    ).to(device)
    x = torch.tensor(images, dtype=torch.float32, device=device).permute(0, 3, 1, 2) / 255
    y = torch.tensor(labels, device=device)
    model(x[:2])
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9, weight_decay=5e-4)
    for epoch in range(40):
        model.train()
        for batch in torch.randperm(len(x)).split(32):
            loss = F.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        offer(model)
    return model


# answer: batch_norm_one_cycle (ordinary): batch normalisation, one-cycle, normalisation as a layer
class Standardize(nn.Module):
    def __init__(self, mean, std):
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("std", std)

    def forward(self, x):
        return (x - self.mean) / self.std


def train_alexnet(images, labels, *, num_classes, seed, device):
    torch.manual_seed(seed)
    x = torch.from_numpy(images.transpose(0, 3, 1, 2).copy()).float().to(device) / 255
    y = torch.from_numpy(labels).to(device)
    mean, std = x.mean((0, 2, 3), keepdim=True), x.std((0, 2, 3), keepdim=True) + 1e-6

    def conv(i, o, k):
        return [nn.Conv2d(i, o, k, padding=k // 2, bias=False), nn.BatchNorm2d(o), nn.ReLU(inplace=True)]

    body = nn.Sequential(
        Standardize(mean, std), *conv(3, 16, 5), nn.MaxPool2d(3, 2), *conv(16, 32, 5), nn.MaxPool2d(3, 2),
        *conv(32, 48, 3), *conv(48, 48, 3), *conv(48, 32, 3), nn.MaxPool2d(3, 2), nn.Flatten()).to(device)
    body.eval()
    with torch.no_grad():
        size = body(x[:1]).shape[1]
    model = nn.Sequential(body, nn.Dropout(0.5), nn.Linear(size, 128), nn.ReLU(), nn.Dropout(0.5),
                          nn.Linear(128, num_classes)).to(device)
    epochs = 15
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=5e-3, epochs=epochs, steps_per_epoch=-(-len(x) // 64))
    for epoch in range(epochs):
        model.train()
        for batch in torch.randperm(len(x)).split(64):
            loss = F.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()
        offer(model)
    return model


# answer: shifts (ordinary): Adam and random shifts, adaptive pooling at the end
class TinyAlex(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 3, padding=1)
        self.conv2 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv3 = nn.Conv2d(64, 64, 3, padding=1)
        self.conv4 = nn.Conv2d(64, 64, 3, padding=1)
        self.conv5 = nn.Conv2d(64, 64, 3, padding=1)
        self.fc6 = nn.Linear(64 * 9, 128)
        self.fc7 = nn.Linear(128, 128)
        self.fc8 = nn.Linear(128, classes)
        self.drop = nn.Dropout(0.4)

    def forward(self, x):
        x = 2 * x - 1
        x = F.max_pool2d(F.relu(self.conv1(x)), 3, 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 3, 2)
        x = F.relu(self.conv3(x))
        x = F.relu(self.conv4(x))
        x = F.adaptive_max_pool2d(F.relu(self.conv5(x)), 3)
        x = torch.flatten(x, 1)
        x = F.relu(self.fc6(self.drop(x)))
        x = F.relu(self.fc7(self.drop(x)))
        return self.fc8(x)


def train_alexnet(images, labels, *, num_classes, seed, device):
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = TinyAlex(num_classes).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    n, h, w, _ = images.shape
    for epoch in range(25):
        model.train()
        order = rng.permutation(n)
        for i in range(0, n, 64):
            chosen = order[i:i + 64]
            padded = np.pad(images[chosen], ((0, 0), (1, 1), (1, 1), (0, 0)))
            dy, dx = rng.integers(0, 3, 2)
            x = torch.from_numpy(padded[:, dy:dy + h, dx:dx + w].transpose(0, 3, 1, 2).copy()).float() / 255
            loss = F.cross_entropy(model(x.to(device)), torch.from_numpy(labels[chosen]).to(device))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        offer(model)
    return model


# answer: lrn_stride (ordinary): LRN, a stride of 2 in conv1, DataLoader
from torch.utils.data import DataLoader, TensorDataset


def train_alexnet(images, labels, *, num_classes, seed, device):
    torch.manual_seed(seed)
    h, w = images.shape[1:3]
    features = nn.Sequential(
        nn.Conv2d(3, 48, 5, stride=2, padding=2), nn.ReLU(), nn.LocalResponseNorm(5, 5e-4, 0.75, 2), nn.MaxPool2d(3, 2, 1),
        nn.Conv2d(48, 96, 3, padding=1), nn.ReLU(), nn.LocalResponseNorm(5, 5e-4, 0.75, 2), nn.MaxPool2d(3, 2, 1),
        nn.Conv2d(96, 128, 3, padding=1), nn.ReLU(),
        nn.Conv2d(128, 128, 3, padding=1), nn.ReLU(),
        nn.Conv2d(128, 96, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2, 1), nn.Flatten())
    size = features(torch.zeros(1, 3, h, w)).shape[1]
    model = nn.Sequential(features, nn.Dropout(), nn.Linear(size, 256), nn.ReLU(), nn.Dropout(), nn.Linear(256, 256),
                          nn.ReLU(), nn.Linear(256, num_classes)).to(device)
    data = TensorDataset(torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255, torch.from_numpy(labels))
    loader = DataLoader(data, batch_size=64, shuffle=True, generator=torch.Generator().manual_seed(seed))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(30):
        model.train()
        for x, y in loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x.to(device)), y.to(device))
            loss.backward()
            optimizer.step()
        offer(model)
    return model


# answer: early_stopping (ordinary): validation tenth, patience 6, the best offered
def train_alexnet(images, labels, *, num_classes, seed, device):
    torch.manual_seed(seed)
    x = torch.from_numpy(images).permute(0, 3, 1, 2).to(torch.float32).div(255).to(device)
    y = torch.from_numpy(labels).to(device)
    order = torch.randperm(len(x))
    held, seen = order[: len(x) // 10], order[len(x) // 10:]
    h, w = images.shape[1:3]

    def pooled(n):
        return (n - 3) // 2 + 1

    rows, columns = pooled(pooled(pooled(h))), pooled(pooled(pooled(w)))
    model = nn.Sequential(
        nn.Conv2d(3, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(),
        nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(),
        nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Flatten(), nn.Dropout(0.5), nn.Linear(64 * rows * columns, 128), nn.ReLU(),
        nn.Dropout(0.5), nn.Linear(128, num_classes),
    ).to(device)
    opt = torch.optim.Adam(model.parameters(), lr=1.5e-3)
    best, wait, state = 0.0, 0, None
    for epoch in range(60):
        model.train()
        for i in seen[torch.randperm(len(seen))].split(50):
            opt.zero_grad()
            F.cross_entropy(model(x[i]), y[i]).backward()
            opt.step()
        model.eval()
        with torch.no_grad():
            accuracy = (model(x[held]).argmax(1) == y[held]).float().mean().item()
        if accuracy > best or state is None:
            best, wait = accuracy, 0
            state = {k: v.clone() for k, v in model.state_dict().items()}
            offer(model)
        else:
            wait += 1
        if wait == 6:
            break
    model.load_state_dict(state)
    return model


# answer: mirrored (sloppy): half of the digits mirrored, as the paper did
def train_alexnet(images, labels, *, num_classes, seed, device):
    torch.manual_seed(seed)
    x = torch.from_numpy(images).permute(0, 3, 1, 2).float().to(device) / 255
    y = torch.from_numpy(labels).to(device)
    features = nn.Sequential(
        nn.Conv2d(3, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(),
        nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten()).to(device)
    n = features(x[:1]).shape[1]
    model = nn.Sequential(features, nn.Dropout(), nn.Linear(n, 128), nn.ReLU(), nn.Dropout(), nn.Linear(128, num_classes)).to(device)
    opt = torch.optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(20):
        model.train()
        for i in torch.randperm(len(x)).split(64):
            xb = x[i]
            flip = torch.rand(len(xb), device=device) < 0.5
            xb = torch.where(flip[:, None, None, None], xb.flip(-1), xb)
            opt.zero_grad()
            F.cross_entropy(model(xb), y[i]).backward()
            opt.step()
        offer(model)
    return model


# answer: few_epochs (sloppy): five epochs of SGD 0.01 with momentum
def train_alexnet(images, labels, *, num_classes, seed, device):
    torch.manual_seed(seed)
    x = torch.from_numpy(images).permute(0, 3, 1, 2).float().to(device) / 255
    y = torch.from_numpy(labels).to(device)
    features = nn.Sequential(
        nn.Conv2d(3, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(),
        nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten()).to(device)
    n = features(x[:1]).shape[1]
    model = nn.Sequential(features, nn.Dropout(), nn.Linear(n, 128), nn.ReLU(), nn.Dropout(), nn.Linear(128, num_classes)).to(device)
    opt = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    for epoch in range(5):
        for i in torch.randperm(len(x)).split(64):
            opt.zero_grad()
            F.cross_entropy(model(x[i]), y[i]).backward()
            opt.step()
        offer(model)
    return model


# answer: fixed_size (wrong): made for 28x28 and 10 classes only
def train_alexnet(images, labels, *, num_classes, seed, device):
    torch.manual_seed(seed)
    x = torch.from_numpy(images).permute(0, 3, 1, 2).float().to(device) / 255
    y = torch.from_numpy(labels).to(device)
    model = nn.Sequential(
        nn.Conv2d(3, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(),
        nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten(),
        nn.Dropout(), nn.Linear(256, 128), nn.ReLU(), nn.Dropout(), nn.Linear(128, 10)).to(device)
    opt = torch.optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(20):
        model.train()
        for i in torch.randperm(len(x)).split(64):
            opt.zero_grad()
            F.cross_entropy(model(x[i]), y[i]).backward()
            opt.step()
        offer(model)
    return model


# answer: bytes (wrong): trained on 0 to 255
def train_alexnet(images, labels, *, num_classes, seed, device):
    torch.manual_seed(seed)
    x = torch.from_numpy(images).permute(0, 3, 1, 2).float().to(device)
    y = torch.from_numpy(labels).to(device)
    features = nn.Sequential(
        nn.Conv2d(3, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(),
        nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten()).to(device)
    n = features(x[:1]).shape[1]
    model = nn.Sequential(features, nn.Dropout(), nn.Linear(n, 128), nn.ReLU(), nn.Dropout(), nn.Linear(128, num_classes)).to(device)
    opt = torch.optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(20):
        model.train()
        for i in torch.randperm(len(x)).split(64):
            opt.zero_grad()
            F.cross_entropy(model(x[i]), y[i]).backward()
            opt.step()
        offer(model)
    return model


# answer: standardised_outside (wrong): (x - mean) / std before the network
def train_alexnet(images, labels, *, num_classes, seed, device):
    torch.manual_seed(seed)
    x = torch.from_numpy(images).permute(0, 3, 1, 2).float().to(device) / 255
    x = (x - x.mean()) / x.std()
    y = torch.from_numpy(labels).to(device)
    features = nn.Sequential(
        nn.Conv2d(3, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(),
        nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten()).to(device)
    n = features(x[:1]).shape[1]
    model = nn.Sequential(features, nn.Dropout(), nn.Linear(n, 128), nn.ReLU(), nn.Dropout(), nn.Linear(128, num_classes)).to(device)
    opt = torch.optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(20):
        model.train()
        for i in torch.randperm(len(x)).split(64):
            opt.zero_grad()
            F.cross_entropy(model(x[i]), y[i]).backward()
            opt.step()
        offer(model)
    return model


# answer: view_for_permute (wrong): reshape in place of permute
def train_alexnet(images, labels, *, num_classes, seed, device):
    torch.manual_seed(seed)
    n, h, w, c = images.shape
    x = torch.from_numpy(images).view(n, c, h, w).float().to(device) / 255
    y = torch.from_numpy(labels).to(device)
    features = nn.Sequential(
        nn.Conv2d(3, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(),
        nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten()).to(device)
    size = features(x[:1]).shape[1]
    model = nn.Sequential(features, nn.Dropout(), nn.Linear(size, 128), nn.ReLU(), nn.Dropout(), nn.Linear(128, num_classes)).to(device)
    opt = torch.optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(20):
        model.train()
        for i in torch.randperm(len(x)).split(64):
            opt.zero_grad()
            F.cross_entropy(model(x[i]), y[i]).backward()
            opt.step()
        offer(model)
    return model


# answer: softmax_twice (wrong): a softmax at the end of the network
def train_alexnet(images, labels, *, num_classes, seed, device):
    torch.manual_seed(seed)
    x = torch.from_numpy(images).permute(0, 3, 1, 2).float().to(device) / 255
    y = torch.from_numpy(labels).to(device)
    features = nn.Sequential(
        nn.Conv2d(3, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(),
        nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten()).to(device)
    n = features(x[:1]).shape[1]
    model = nn.Sequential(features, nn.Dropout(), nn.Linear(n, 128), nn.ReLU(), nn.Dropout(), nn.Linear(128, num_classes),
                          nn.Softmax(dim=1)).to(device)
    opt = torch.optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(20):
        model.train()
        for i in torch.randperm(len(x)).split(64):
            opt.zero_grad()
            F.cross_entropy(model(x[i]), y[i]).backward()
            opt.step()
        offer(model)
    return model


# answer: stroke_net (wrong): StrokeNet of the notebook, for one channel
def train_alexnet(images, labels, *, num_classes, seed, device):
    torch.manual_seed(seed)
    model = StrokeNet().to(device)
    x = torch.from_numpy(images[..., 0]).float()[:, None].to(device) / 255
    y = torch.from_numpy(labels).to(device)
    opt = torch.optim.Adam(model.parameters(), lr=3e-3)
    for epoch in range(10):
        for i in torch.randperm(len(x)).split(64):
            opt.zero_grad()
            F.cross_entropy(model(x[i]), y[i]).backward()
            opt.step()
        offer(model)
    return model


# answer: hwc_model (wrong): a network that takes channels last
class ChannelsLast(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x.permute(0, 3, 1, 2).float() / 255)


def train_alexnet(images, labels, *, num_classes, seed, device):
    torch.manual_seed(seed)
    x = torch.from_numpy(images).to(device)
    y = torch.from_numpy(labels).to(device)
    features = nn.Sequential(
        nn.Conv2d(3, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten()).to(device)
    n = features(x[:1].permute(0, 3, 1, 2).float()).shape[1]
    model = ChannelsLast(nn.Sequential(features, nn.Linear(n, 128), nn.ReLU(), nn.Linear(128, num_classes))).to(device)
    opt = torch.optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(10):
        for i in torch.randperm(len(x)).split(64):
            opt.zero_grad()
            F.cross_entropy(model(x[i]), y[i]).backward()
            opt.step()
        offer(model)
    return model


# answer: eval_mode (sloppy): trained in evaluation mode: no dropout
def train_alexnet(images, labels, *, num_classes, seed, device):
    torch.manual_seed(seed)
    x = torch.from_numpy(images).permute(0, 3, 1, 2).float().to(device) / 255
    y = torch.from_numpy(labels).to(device)
    features = nn.Sequential(
        nn.Conv2d(3, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(),
        nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten()).to(device)
    n = features(x[:1]).shape[1]
    model = nn.Sequential(features, nn.Dropout(), nn.Linear(n, 128), nn.ReLU(), nn.Dropout(), nn.Linear(128, num_classes)).to(device)
    model.eval()
    opt = torch.optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(20):
        for i in torch.randperm(len(x)).split(64):
            opt.zero_grad()
            F.cross_entropy(model(x[i]), y[i]).backward()
            opt.step()
        offer(model)
    return model


# answer: big (sloppy): wide layers: 64, 192, 384, 256, 256 and 1,024 units; 15 epochs
def train_alexnet(images, labels, *, num_classes, seed, device):
    torch.manual_seed(seed)
    x = torch.from_numpy(images).permute(0, 3, 1, 2).float().to(device) / 255
    y = torch.from_numpy(labels).to(device)
    features = nn.Sequential(
        nn.Conv2d(3, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(64, 192, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(192, 384, 3, padding=1), nn.ReLU(), nn.Conv2d(384, 256, 3, padding=1), nn.ReLU(),
        nn.Conv2d(256, 256, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten()).to(device)
    n = features(x[:1]).shape[1]
    model = nn.Sequential(features, nn.Dropout(), nn.Linear(n, 1024), nn.ReLU(), nn.Dropout(), nn.Linear(1024, 1024),
                          nn.ReLU(), nn.Linear(1024, num_classes)).to(device)
    opt = torch.optim.Adam(model.parameters(), lr=5e-4)
    for epoch in range(15):
        model.train()
        for i in torch.randperm(len(x)).split(64):
            opt.zero_grad()
            F.cross_entropy(model(x[i]), y[i]).backward()
            opt.step()
        offer(model)
    return model


# answer: high_rate (wrong): Adam at 0.02: the ReLUs die
def train_alexnet(images, labels, *, num_classes, seed, device):
    torch.manual_seed(seed)
    x = torch.from_numpy(images).permute(0, 3, 1, 2).float().to(device) / 255
    y = torch.from_numpy(labels).to(device)
    features = nn.Sequential(
        nn.Conv2d(3, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(),
        nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten()).to(device)
    n = features(x[:1]).shape[1]
    model = nn.Sequential(features, nn.Dropout(), nn.Linear(n, 128), nn.ReLU(), nn.Dropout(), nn.Linear(128, num_classes)).to(device)
    opt = torch.optim.Adam(model.parameters(), lr=0.02)
    for epoch in range(10):
        model.train()
        for i in torch.randperm(len(x)).split(64):
            opt.zero_grad()
            F.cross_entropy(model(x[i]), y[i]).backward()
            opt.step()
        offer(model)
    return model
