"""Hidden checks of assignment 07."""

from __future__ import annotations

from autograder.checks.api import expect_entry, misconceptions, points, reference, task
from autograder.checks.transfer import figures, folders, pipelines, tuning
from autograder.checks.transfer.folders import CLASSES, folder_of, pictures

FRACTIONS = (0.6, 0.15, 0.25)

# --- dataset -------------------------------------------------------------------------------------------------------


@task("dataset")
@points(3)
def test_paths_with_their_labels(student, rng):
    """Every image is listed once, class by class and sorted by name within a class, with its class's index."""
    files = folder_of(rng, CLASSES[:3]) | {
        "moss/notes.txt": ("text", 0), "README.md": ("text", 0), ".cache/0.png": ("picture", 0),
    }
    folders.expect_index(student, files)


@task("dataset")
@points(2)
def test_class_names_in_order(student, rng):
    """The classes are the names of the folders in alphabetical order, however the folders were made."""
    files = folder_of(rng, rng.permutation(CLASSES))
    folders.expect_index(student, files, only="class_names")


@task("dataset")
@points(2)
def test_unreadable_files_are_left_out(student, rng):
    """A file that cannot be decoded, be it empty, no picture or cut short, is left out."""
    kinds = {"0a.jpg": "empty", "3b.png": "text", "50.jpg": "cut", "77c.png": "cut"}
    files = folder_of(rng, CLASSES[:2]) | {f"moss/{name}": (kind, 7) for name, kind in kinds.items()}
    folders.expect_index(student, files)


@task("dataset")
@points(1)
def test_a_warning_names_the_file(student, rng):
    """A warning names each file that is left out."""
    bad = {f"{name}/odd-{rng.integers(1 << 20)}.png": ("text", 0) for name in CLASSES[:2]}
    folders.expect_warnings(student, folder_of(rng, CLASSES[:2]) | bad, [path.split("/")[1] for path in bad])


@task("dataset")
@points(2)
def test_too_few_images_are_refused(student, rng):
    """A class with fewer than 100 readable images is refused with a ValueError that names it; 100 are enough."""
    folders.expect_refused(student, folder_of(rng, CLASSES[:2], more=0), "moss")


# --- split ---------------------------------------------------------------------------------------------------------

@task("split")
@points(3)
def test_every_image_on_one_side(student, rng):
    """Every image is on exactly one side, also where the fractions do not divide the number of images."""
    for counts in ((7, 11), (13, 9, 10)):
        folders.expect_partition(student, *pictures(rng, counts), (0.5, 0.3, 0.2), [int(rng.integers(1000))])


@task("split")
@points(3)
def test_every_class_divided_alike(student, rng):
    """Each class is divided by the fractions, give or take an image."""
    seeds = [int(seed) for seed in rng.integers(1000, size=2)]
    folders.expect_stratified(student, *pictures(rng, (140, 60, 100)), FRACTIONS, seeds)


@task("split")
@points(3)
def test_identical_images_on_one_side(student, rng):
    """Files with the same content are on the same side, whatever their names are."""
    seeds = [int(seed) for seed in rng.integers(1000, size=3)]
    folders.expect_no_duplicates(student, *pictures(rng, (40, 40), copies=12), FRACTIONS, seeds)


@task("split")
@points(1)
def test_identical_images_of_two_classes(student, rng):
    """Also where the same image stands in two classes, its files are on the same side."""
    seeds = [int(seed) for seed in rng.integers(1000, size=3)]
    folders.expect_no_duplicates(student, *pictures(rng, (40, 40), other_label=10), FRACTIONS, seeds)


@task("split")
@points(2)
def test_the_seed_decides(student, rng):
    """The same seed gives the same split, and another seed another one."""
    folders.expect_seeded_split(student, *pictures(rng, (40, 40)), FRACTIONS, int(rng.integers(1000)))


# --- pipeline ------------------------------------------------------------------------------------------------------


@task("pipeline")
@points(3)
def test_values_of_the_pixels(student, rng):
    """Pixels are float32 in [-1, 1], as the pretrained network expects them, in three channels for grey files too."""
    pipelines.expect_pixels(student, rng)


@task("pipeline")
@points(2)
def test_size_of_the_images(student, rng):
    """Images of any size become `image_size`, which is (height, width); the last batch may be smaller."""
    pipelines.expect_resized(student, rng)


@task("pipeline")
@points(2)
def test_evaluation_leaves_images_alone(student):
    """Without training the images come as they are and in the given order, every time."""
    pipelines.expect_plain_evaluation(student)


@task("pipeline")
@points(2)
def test_labels_stay_with_their_images(student):
    """In training every image comes once per epoch, with its own label."""
    pipelines.expect_labels(student)


@task("pipeline")
@points(2)
def test_a_new_order_in_every_epoch(student):
    """In training all images are shuffled, anew in every epoch."""
    pipelines.expect_shuffled(student)


@task("pipeline")
@points(2)
def test_augmentation_in_training(student):
    """In training the same image looks a little different in every epoch, and is never mirrored."""
    pipelines.expect_augmented(student)


@task("pipeline")
@points(1)
def test_the_order_follows_the_seed(student):
    """Two pipelines with the same seed begin with the same order."""
    pipelines.expect_seeded_order(student)


@task("pipeline")
@points(1)
def test_batches_are_prefetched(student):
    """The next batch is prepared while the network works on this one."""
    pipelines.expect_prefetched(student)


# --- fine-tune -----------------------------------------------------------------------------------------------------


@task("fine-tune")
@points(4)
def test_the_new_head(student):
    """The model gives a probability for each class of the training labels."""
    tuning.expect_probabilities(tuning.fine_tuned(student))


@task("fine-tune")
@points(5)
def test_the_features_are_frozen_at_first(student):
    """While the new head learns, the pretrained features stay what they were."""
    tuning.expect_frozen_first(tuning.fine_tuned(student))


@task("fine-tune")
@points(4)
def test_the_top_layers_are_tuned(student):
    """After that the last convolution changes, the first one does not."""
    tuning.expect_top_tuned(tuning.fine_tuned(student))


@task("fine-tune")
@points(5)
def test_batch_normalisation_stays_as_it_was(student):
    """Batch normalisation stays in inference mode: its means and variances are those of the pretrained network."""
    tuning.expect_statistics_kept(tuning.fine_tuned(student))


@task("fine-tune")
@points(7)
def test_better_than_from_scratch(student):
    """On few labelled images the network beats one trained from scratch by the margin that the notebook states."""
    tuning.expect_margin(tuning.fine_tuned(student))


# --- report --------------------------------------------------------------------------------------------------------


@task("report")
@points(3)
def test_curves_of_training_and_validation(student, rng):
    """Loss and accuracy are drawn over the epochs, on the training and on the validation images."""
    figures.expect_curves(student, rng)


@task("report")
@points(2)
def test_curves_are_labelled(student, rng):
    """The axes of the learning curves have names, and a legend tells the lines apart."""
    figures.expect_curves_labelled(student, rng)


@task("report")
@points(2)
def test_means_over_the_seeds(student, rng):
    """Both ways are drawn as the mean over the seeds against the number of labelled images."""
    figures.expect_means(student, rng)


@task("report")
@points(1)
def test_spread_over_the_seeds(student, rng):
    """The spread over the seeds is drawn, too."""
    figures.expect_spread(student, rng)


@task("report")
@points(2)
def test_transfer_plot_is_labelled(student, rng):
    """The axes have names, and the legend says which line is transfer and which from scratch."""
    figures.expect_ways_labelled(student, rng)


# --- pitfalls ------------------------------------------------------------------------------------------------------


def pitfall(student, *keys):
    for key in keys:
        expect_entry(student.pitfalls, key, reference.pitfalls(), like=misconceptions.PITFALLS)


@task("pitfalls")
@points(1)
def test_clean_pipelines(student):
    """The pipelines without a leak, among those that look alike with one."""
    pitfall(student, "B", "G", "A")


@task("pitfalls")
@points(1)
def test_statistics(student):
    """Numbers that were computed from all images."""
    pitfall(student, "A", "H")


@task("pitfalls")
@points(1)
def test_duplicates(student):
    """Images that stand on two sides."""
    pitfall(student, "C", "F")


@task("pitfalls")
@points(1)
def test_choices(student):
    """Choices that were made on the test set."""
    pitfall(student, "D", "J")


@task("pitfalls")
@points(1)
def test_groups(student):
    """Images that belong together."""
    pitfall(student, "E", "I")
