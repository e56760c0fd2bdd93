"""Answers to lenet-train, written from the student notebook alone; see strangers.py."""

# answer: adam_loader (ordinary): Adam 1e-3, DataLoader, 25 epochs, offers
from torch.utils.data import DataLoader, TensorDataset


def train_lenet(images, labels, *, seed, device):
    torch.manual_seed(seed)
    x = torch.tensor(images, dtype=torch.float32).unsqueeze(1) / 255.0
    x = F.pad(x, (2, 2, 2, 2))
    y = torch.tensor(labels)
    loader = DataLoader(TensorDataset(x, y), batch_size=64, shuffle=True)
    model = LeNet5().to(device)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    epochs = 25 if len(x) < 10000 else 8
    for epoch in range(epochs):
        model.train()
        for xb, yb in loader:
            xb, yb = xb.to(device), yb.to(device)
            optimizer.zero_grad()
            loss = criterion(model(xb), yb)
            loss.backward()
            optimizer.step()
        offer(model)
    return model


# answer: sgd_momentum (ordinary): SGD 0.05, momentum 0.9, batch 32
def train_lenet(images, labels, *, seed, device):
    torch.manual_seed(seed)
    model = LeNet5().to(device)
    inputs = tensor(images).to(device)
    targets = torch.from_numpy(labels).to(device)
    opt = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    for epoch in range(20 if len(images) < 5000 else 6):
        model.train()
        for idx in torch.randperm(len(inputs)).split(32):
            loss = F.cross_entropy(model(inputs[idx]), targets[idx])
            opt.zero_grad()
            loss.backward()
            opt.step()
        offer(model)
    model.eval()
    return model


# answer: one_cycle (ordinary): Adam with OneCycleLR to 0.01
def train_lenet(images, labels, *, seed, device):
    torch.manual_seed(seed)
    model = LeNet5().to(device)
    x, y = tensor(images).to(device), torch.from_numpy(labels).to(device)
    epochs, size = 15, 64
    steps = epochs * ((len(x) + size - 1) // size)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.01, total_steps=steps)
    for epoch in range(epochs):
        for batch in torch.randperm(len(x)).split(size):
            loss = F.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()
        offer(model)
    return model


# answer: plain_sgd (ordinary): SGD 0.1 without momentum, batch 16, 30 epochs
def train_lenet(images, labels, *, seed, device):
    torch.manual_seed(seed)
    model = LeNet5().to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    X = tensor(images).to(device)
    Y = torch.as_tensor(labels, device=device)
    n = X.shape[0]
    for epoch in range(30 if n < 5000 else 10):
        order = torch.randperm(n)
        for start in range(0, n, 16):
            b = order[start:start + 16]
            optimizer.zero_grad()
            F.cross_entropy(model(X[b]), Y[b]).backward()
            optimizer.step()
        offer(model)
    return model


# answer: augmented (ordinary): Adam, images shifted at random
def train_lenet(images, labels, *, seed, device):
    torch.manual_seed(seed)
    np.random.seed(seed)
    model = LeNet5().to(device)
    x = tensor(images).to(device)
    y = torch.from_numpy(labels).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    for epoch in range(30 if len(x) < 5000 else 6):
        for batch in torch.randperm(len(x)).split(64):
            dx, dy = np.random.randint(-1, 2, size=2)
            xb = torch.roll(x[batch], shifts=(int(dy), int(dx)), dims=(2, 3))
            loss = F.cross_entropy(model(xb), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        offer(model)
    return model


# answer: early_stopping (ordinary): Adam, a tenth kept to stop by, patience 5, best weights
import copy


def train_lenet(images, labels, *, seed, device):
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(images))
    n_val = len(images) // 10
    val, tr = order[:n_val], order[n_val:]
    model = LeNet5().to(device)
    x, y = tensor(images).to(device), torch.from_numpy(labels).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    best, best_state, waited = -1.0, None, 0
    for epoch in range(50):
        model.train()
        for batch in np.array_split(rng.permutation(tr), max(1, len(tr) // 64)):
            batch = torch.from_numpy(batch)
            loss = F.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            accuracy = (model(x[val]).argmax(1) == y[val]).float().mean().item()
        if accuracy > best:
            best, best_state, waited = accuracy, copy.deepcopy(model.state_dict()), 0
            offer(model)
        else:
            waited += 1
            if waited >= 5:
                break
    model.load_state_dict(best_state)
    return model


# answer: generator (ordinary): a generator of NumPy batches, Adam
def batches(images, labels, size, rng):
    order = rng.permutation(len(images))
    for start in range(0, len(images), size):
        chosen = order[start:start + size]
        x = np.zeros((len(chosen), 1, 32, 32), dtype=np.float32)
        x[:, 0, 2:30, 2:30] = images[chosen] / 255
        yield torch.from_numpy(x), torch.from_numpy(labels[chosen])


def train_lenet(images, labels, *, seed, device):
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = LeNet5().to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.002)
    for epoch in range(20 if len(images) < 5000 else 5):
        for x, y in batches(images, labels, 50, rng):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(x.to(device)), y.to(device))
            loss.backward()
            optimizer.step()
        offer(model)
    return model


# answer: two_workers (ordinary): DataLoader with two workers, a Dataset class
class Digits(torch.utils.data.Dataset):
    def __init__(self, images, labels):
        self.images, self.labels = images, labels

    def __len__(self):
        return len(self.images)

    def __getitem__(self, i):
        image = torch.from_numpy(self.images[i]).float()[None] / 255
        return F.pad(image, (2, 2, 2, 2)), int(self.labels[i])


def train_lenet(images, labels, *, seed, device):
    torch.manual_seed(seed)
    loader = torch.utils.data.DataLoader(Digits(images, labels), batch_size=64, shuffle=True, num_workers=2)
    model = LeNet5().to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    for epoch in range(15 if len(images) < 5000 else 4):
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        offer(model)
    return model


# answer: adamw_cosine (ordinary): AdamW, cosine, label smoothing
def train_lenet(images, labels, *, seed, device):
    torch.manual_seed(seed)
    net = LeNet5().to(device)
    x = tensor(images).to(device)
    y = torch.from_numpy(labels).to(device)
    epochs = 25 if len(x) < 5000 else 8
    opt = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=0.01)
    sched = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=epochs)
    loss_fn = nn.CrossEntropyLoss(label_smoothing=0.1)
    for _ in range(epochs):
        net.train()
        perm = torch.randperm(len(x), device=device)
        for i in range(0, len(x), 128):
            j = perm[i:i + 128]
            opt.zero_grad()
            loss_fn(net(x[j]), y[j]).backward()
            opt.step()
        sched.step()
        offer(net)
    return net


# answer: until_the_time (ordinary): trains for 30 s by the clock
def train_lenet(images, labels, *, seed, device):
    start = time.time()
    torch.manual_seed(seed)
    model = LeNet5().to(device)
    x, y = tensor(images).to(device), torch.from_numpy(labels).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    while time.time() - start < 30:
        for batch in torch.randperm(len(x)).split(64):
            optimizer.zero_grad()
            F.cross_entropy(model(x[batch]), y[batch]).backward()
            optimizer.step()
        offer(model)
    return model


# answer: mean_squares (ordinary): squared errors against one-hot labels
def train_lenet(images, labels, *, seed, device):
    torch.manual_seed(seed)
    model = LeNet5().to(device)
    x = tensor(images).to(device)
    y = torch.from_numpy(labels).to(device)
    target = F.one_hot(y, 10).float()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    for epoch in range(25):
        for batch in torch.randperm(len(x)).split(64):
            loss = F.mse_loss(model(x[batch]), target[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        offer(model)
    return model


# answer: adam_default_10 (sloppy): Adam 1e-3, batch 64, 10 epochs: the common recipe, no look at the accuracy
def train_lenet(images, labels, *, seed, device):
    torch.manual_seed(seed)
    model = LeNet5().to(device)
    x, y = tensor(images).to(device), torch.from_numpy(labels).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(10):
        for batch in torch.randperm(len(x)).split(64):
            loss = F.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model


# answer: notebook_loop (sloppy): the notebook's own loop: SGD 0.05, momentum 0.9, batch 50, 10 epochs
def train_lenet(images, labels, *, seed, device):
    torch.manual_seed(seed)
    model = LeNet5().to(device)
    inputs, targets = tensor(images).to(device), torch.from_numpy(labels).to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    for _ in range(10):
        model.train()
        for batch in torch.randperm(len(inputs)).split(50):
            loss = F.cross_entropy(model(inputs[batch]), targets[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model


# answer: three_epochs (sloppy): three epochs of SGD 0.01
def train_lenet(images, labels, *, seed, device):
    torch.manual_seed(seed)
    model = LeNet5().to(device)
    x, y = tensor(images).to(device), torch.from_numpy(labels).to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for epoch in range(3):
        for batch in torch.randperm(len(x)).split(64):
            loss = F.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        offer(model)
    return model


# answer: no_seed (sloppy): no torch.manual_seed
def train_lenet(images, labels, *, seed, device):
    model = LeNet5().to(device)
    x, y = tensor(images).to(device), torch.from_numpy(labels).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    for epoch in range(20):
        for batch in torch.randperm(len(x)).split(64):
            loss = F.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        offer(model)
    return model


# answer: forgot_shuffle (sloppy): batches in the given order
def train_lenet(images, labels, *, seed, device):
    torch.manual_seed(seed)
    model = LeNet5().to(device)
    x, y = tensor(images).to(device), torch.from_numpy(labels).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    for epoch in range(20):
        for i in range(0, len(x), 64):
            loss = F.cross_entropy(model(x[i:i + 64]), y[i:i + 64])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        offer(model)
    return model


# answer: eval_mode (sloppy): trains in evaluation mode
def train_lenet(images, labels, *, seed, device):
    torch.manual_seed(seed)
    model = LeNet5().to(device).eval()
    x, y = tensor(images).to(device), torch.from_numpy(labels).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    for epoch in range(20):
        for batch in torch.randperm(len(x)).split(64):
            loss = F.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        offer(model)
    return model


# answer: unscaled (wrong): trained on bytes 0 to 255
def train_lenet(images, labels, *, seed, device):
    torch.manual_seed(seed)
    model = LeNet5().to(device)
    x = F.pad(torch.from_numpy(images).float()[:, None], (2, 2, 2, 2)).to(device)
    y = torch.from_numpy(labels).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    for epoch in range(20):
        for batch in torch.randperm(len(x)).split(64):
            loss = F.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        offer(model)
    return model


# answer: mean_and_deviation (wrong): MNIST's mean and deviation outside of the network
def train_lenet(images, labels, *, seed, device):
    torch.manual_seed(seed)
    model = LeNet5().to(device)
    x = (torch.from_numpy(images).float()[:, None] / 255 - 0.1307) / 0.3081
    x = F.pad(x, (2, 2, 2, 2)).to(device)
    y = torch.from_numpy(labels).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    for epoch in range(20):
        for batch in torch.randperm(len(x)).split(64):
            loss = F.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        offer(model)
    return model


# answer: resized (wrong): enlarged to 32x32 instead of padded
def train_lenet(images, labels, *, seed, device):
    torch.manual_seed(seed)
    model = LeNet5().to(device)
    x = torch.from_numpy(images).float()[:, None] / 255
    x = F.interpolate(x, size=(32, 32), mode="bilinear", align_corners=False).to(device)
    y = torch.from_numpy(labels).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    for epoch in range(20):
        for batch in torch.randperm(len(x)).split(64):
            loss = F.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        offer(model)
    return model


# answer: rate_too_high (wrong): Adam at 0.1
def train_lenet(images, labels, *, seed, device):
    torch.manual_seed(seed)
    model = LeNet5().to(device)
    x, y = tensor(images).to(device), torch.from_numpy(labels).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    for epoch in range(10):
        for batch in torch.randperm(len(x)).split(64):
            loss = F.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        offer(model)
    return model


# answer: full_batch (wrong): 100 steps on all images at once
def train_lenet(images, labels, *, seed, device):
    torch.manual_seed(seed)
    model = LeNet5().to(device)
    x, y = tensor(images[:2000]).to(device), torch.from_numpy(labels[:2000]).to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for step in range(60):
        loss = F.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    offer(model)
    return model


# answer: no_zero_grad (wrong): gradients never cleared, SGD with momentum
def train_lenet(images, labels, *, seed, device):
    torch.manual_seed(seed)
    model = LeNet5().to(device)
    x, y = tensor(images).to(device), torch.from_numpy(labels).to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    for epoch in range(15):
        for batch in torch.randperm(len(x)).split(64):
            loss = F.cross_entropy(model(x[batch]), y[batch])
            loss.backward()
            optimizer.step()
        offer(model)
    return model


# answer: softmax_first (sloppy): a softmax before the cross-entropy
def train_lenet(images, labels, *, seed, device):
    torch.manual_seed(seed)
    model = LeNet5().to(device)
    x, y = tensor(images).to(device), torch.from_numpy(labels).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    for epoch in range(20):
        for batch in torch.randperm(len(x)).split(64):
            loss = F.cross_entropy(F.softmax(model(x[batch]), dim=1), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        offer(model)
    return model


# answer: nll_on_logits (wrong): nll_loss on logits
def train_lenet(images, labels, *, seed, device):
    torch.manual_seed(seed)
    model = LeNet5().to(device)
    x, y = tensor(images).to(device), torch.from_numpy(labels).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    for epoch in range(15):
        for batch in torch.randperm(len(x)).split(64):
            loss = F.nll_loss(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        offer(model)
    return model


# answer: returns_pair (wrong): returns (model, losses)
def train_lenet(images, labels, *, seed, device):
    torch.manual_seed(seed)
    model = LeNet5().to(device)
    x, y = tensor(images).to(device), torch.from_numpy(labels).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    losses = []
    for epoch in range(20):
        for batch in torch.randperm(len(x)).split(64):
            loss = F.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
        offer(model)
    return model, losses


# answer: global_images (wrong): trains on the notebook's train_images, not on the arguments
def train_lenet(images, labels, *, seed, device):
    torch.manual_seed(seed)
    model = LeNet5().to(device)
    x, y = tensor(train_images).to(device), torch.from_numpy(train_labels).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    for epoch in range(20):
        for batch in torch.randperm(len(x)).split(64):
            loss = F.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        offer(model)
    return model


# answer: forgot_return (wrong): no return
def train_lenet(images, labels, *, seed, device):
    torch.manual_seed(seed)
    model = LeNet5().to(device)
    x, y = tensor(images).to(device), torch.from_numpy(labels).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    for epoch in range(20):
        for batch in torch.randperm(len(x)).split(64):
            loss = F.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        offer(model)


# answer: forever (sloppy): trains on and on, offers after every epoch
def train_lenet(images, labels, *, seed, device):
    torch.manual_seed(seed)
    model = LeNet5().to(device)
    x, y = tensor(images).to(device), torch.from_numpy(labels).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(10000):
        for batch in torch.randperm(len(x)).split(64):
            loss = F.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        offer(model)
    return model


# answer: forever_silent (wrong): trains on and on, never offers
def train_lenet(images, labels, *, seed, device):
    torch.manual_seed(seed)
    model = LeNet5().to(device)
    x, y = tensor(images).to(device), torch.from_numpy(labels).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(10000):
        for batch in torch.randperm(len(x)).split(64):
            loss = F.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model
