"""What to try when student code raises, and which exception texts may be repeated from a hidden test."""

from __future__ import annotations

import re

from ..bridge.errors import StudentError, Where
from ..language import pattern, sentences_of
from ..sandbox.policy import FORBIDDEN
from .reading import with_article

_ = sentences_of(__package__)

# A text is repeated from a hidden test only when it has one of these forms: an exception's text is the student's to
# choose, and could carry hidden inputs out.
SHAPE = r"\(?[\d, ]{0,24}\)?"
WORD = r"[A-Za-z_][\w.]{0,40}"
HINTS: tuple[tuple[str, str], ...] = (
    (rf"operands could not be broadcast together with (remapped )?shapes ({SHAPE} ?)+",
     _("These two arrays do not line up; print both shapes just before this line.")),
    (rf"could not broadcast input array from shape {SHAPE} into shape {SHAPE}",
     _("The values do not fit into the place they are written to; print both shapes.")),
    (r"matmul: Input operand 1 has a mismatch in its core dimension 0.{0,120}",
     _("In a matrix product the columns of the first must be as many as the rows of the second.")),
    (rf"shapes {SHAPE} and {SHAPE} not aligned.{{0,60}}",
     _("In a matrix product the columns of the first must be as many as the rows of the second.")),
    (rf"({WORD}\(\) )?takes .{{0,20}}positional arguments? but \d+ (was|were) given",
     _("Compare the parameters of your function with the signature in the task; in a class, `self` comes first.")),
    (rf"({WORD}\(\) )?missing \d+ required (positional|keyword-only) arguments?: .{{0,60}}",
     _("This call lacks an argument. Where the function or class is yours, compare its parameters with the task's.")),
    (rf"({WORD}\(\) )?got an unexpected keyword argument '{WORD}'.{{0,40}}",
     _("The parameter is missing or has another name in your function.")),
    (r"'NoneType' object (is not subscriptable|has no attribute '[A-Za-z_]\w{0,40}'|is not iterable|is not callable)",
     _("Something is None here: a function without return, or an attribute that was not set yet.")),
    (r"'(int|float|numpy\.int64|numpy\.float64)' object is not (subscriptable|iterable)",
     _("This is a single number where a pair was meant: the argument may be an int or a pair.")),
    (rf"'{WORD}' object is not callable",
     _("An object stands where a function or a class is meant: was its name given to something else, or is a pair of "
     "brackets too many?")),
    (rf"'{WORD}' object has no attribute '{WORD}'.{{0,60}}",
     _("The attribute was never set, or is spelled in another way.")),
    (rf"name '{WORD}' is not defined.{{0,60}}",
     _("The name is not known here: is `self.` missing, or a cell not run?")),
    (rf"No module named '{WORD}'|{pattern(FORBIDDEN.rstrip('.'), library=WORD)}\.?",
     _("Write it without this library.")),
    (r"index -?\d+ is out of bounds for axis \d+ with size \d+",
     _("An index lies beyond the end of its axis; print the index and the array's shape just before this line.")),
    (r"cannot assign (module|parameters|buffer) before Module\.__init__\(\) call",
     _("`super().__init__()` is missing at the start of `__init__`: without it a module can have no layers.")),
    (rf"cannot reshape array of size \d+ into shape {SHAPE}",
     _("The number of values must stay the same in a reshape.")),
    (r"'(list|tuple|float|numpy\.float64)' object cannot be interpreted as an integer",
     _("An int is needed here; `/` always gives a float, `//` an int.")),
    (r"division by zero|float division by zero|integer (division or )?modulo by zero",
     _("A divisor is zero for this case.")),
    (r"maximum recursion depth exceeded.{0,40}", _("The function calls itself without an end.")),
    (rf"unsupported operand type\(s\) for .{{1,3}}: '{WORD}' and '{WORD}'", _("Look at the types of both sides.")),
)
# How the sentence on an exception of student code begins; by `RAISED` it is known again.
_SAID = _("Your code raised {exception}{place}{text}")
_AT, _IN_LINE = _(" at `{code}`"), _(" in line {line} of {function}")
_PLACE = rf"(?:{pattern(_IN_LINE, line='[0-9]+', function='[^:]+')}|{pattern(_AT, code='.*?')})?"
RAISED = re.compile(pattern(_SAID, exception=r"(?:\w+ )?(?P<type>\w+)", place=_PLACE, text=":?"))
FUNCTION = "(builtin_function_or_method|method|function)"
# Of texts that are not repeated from a hidden test; they are looked for first.
HINTS_HERE: tuple[tuple[str, str], ...] = (
    (rf"'{FUNCTION}' object (has no|is not) .*|.* must be \w+, not {FUNCTION}"
     rf"|unsupported operand type\(s\) for .{{1,3}}: .*'{FUNCTION}'.*",
     _("A function or method stands here by its name alone: `x.mean` is the method, and `x.mean()` what it gives.")),
    (rf"'{WORD}' object has no attribute '_apply'|.*missing 1 required positional argument: 'self'",
     _("A class stands here where an object of it is meant: brackets after its name, as in `Thing()`, make one.")),
    (r"\S+<locals>\S+\(\) (takes .* positional arguments? but \d+ (was|were) given|missing \d+ required .*)",
     _("Compare the method's parameters with the text: `self` comes first. And a method is asked of an object, "
     "`Thing()`, not of the class `Thing`.")),
    (r"\w+\(\) takes no arguments",
     _("The class has no `__init__` that takes them: is it there, with two underscores on each side?")),
    (r"object of type '(int|float)' has no len\(\)", _("This is a single number, which has no length.")),
    (r"shape '\[[-\d, ]+\]' is invalid for input of size \d+",
     _("The sizes of the new shape, multiplied, have to give the number of values; is a batch's size fixed in it?")),
    (r"Computed output size would be zero or negative.*|.*Negative dimension size caused by.*",
     _("The maps are smaller than the window that slides over them: are their axes (height, width, channels), and is "
     "there a pooling too many?")),
    (r"Kernel shape must have the same length as input, but received kernel of shape .* and input of shape .*",
     _("`input_shape` is the shape of one image; Keras puts the batch's axis before it by itself.")),
    (r"Sequential model '\w+' has no defined input shape yet\.?",
     _("A model in Keras knows its input when `keras.Input(shape)` stands first in the list.")),
    (r"dtype='string' is not a valid dtype for Keras type promotion\.?"
     r"|`loss_weights` must match the number of losses, got 1 losses and \d+ weights\.?"
     r"|Expected `loss_weights` argument to be a float .*"
     r"|Failed to convert elements of <\w*Accuracy name=\w+> to Tensor\..*",
     _("Were metrics given to Keras's `compile` without their name? The third argument weighs losses; say "
       "`metrics=[\"accuracy\"]`.")),
    (r"Only instances of `?keras\.Layer`? can be added to a Sequential model.*torch\.nn.*",
     _("This is a layer of PyTorch; in Keras take the one of `keras.layers`.")),
    (r"(too many|not enough) values to unpack \(expected \d+(, got \d+)?\)",
     _("There are more or fewer values here than names to the left of them; print what is unpacked just before it.")),
    (r"cannot unpack non-iterable NoneType object", _("None is unpacked here: a function without return?")),
    (r"cannot unpack non-iterable \w+ object", _("A single value stands here where several are unpacked.")),
    (r"operands could not be broadcast together with remapped shapes \[original->remapped\].*",
     _("If this is `np.pad`: each axis of the array has a pair of its own, (before, after).")),
    (r"(tuple|list) indices must be integers or slices, not str",
     _("A tuple or list is indexed by numbers, a dict by its keys; print what stands here.")),
    (r"list indices must be integers or slices, not tuple",
     _("A list has one index; `np.asarray` makes an array of it, which has several.")),
    (rf"module '{WORD}' has no attribute '{WORD}'.{{0,60}}", _("The name is spelled in another way in that module.")),
    (r"mat1 and mat2 shapes cannot be multiplied \(\d+x\d+ and \d+x\d+\)",
     _("The second number of the first pair is what arrives in each row, the first of the second pair what the layer "
     "expects: print the shape just before it.")),
    (r"Can't call numpy\(\) on Tensor that requires grad.{0,60}",
     _("Compute it within `torch.no_grad()`; nothing is trained here.")),
    (r"The size of tensor a \(\d+\) must match the size of tensor b \(\d+\) at non-singleton dimension \d+",
     _("These two tensors do not line up; print both shapes just before this line.")),
    (r"Sizes of tensors must match except in dimension 0\. Expected size \d+ but got size \d+ .*",
     _("`torch.cat` joins along the first axis, the batch, unless it is told another: `dim=1` is that of the "
       "channels.")),
    (r"Sizes of tensors must match except in dimension \d+\. Expected size \d+ but got size \d+ .*",
     _("Tensors that are joined differ along one axis alone; print their shapes just before this line.")),
    (r"a leaf Variable that requires grad is being used in an in-place operation\.",
     _("Within `torch.no_grad()` values may be copied into a parameter.")),
    (r"Input type \((double|float|\S*DoubleTensor|\S*FloatTensor)\) and (bias|weight) type \(\S+\) should be the same.*"
     r"|mat1 and mat2 must have the same dtype, but got Double and Float",
     _("What arrives and the layer's weights are of two types: print the dtype of both. Images become float32 by "
     "`.float()`; of a module that a check makes float64, layers in a plain list do not follow, those in an "
     "`nn.ModuleList` do.")),
    (r"Calculated padded input size per channel: \([\d x]+\)\. Kernel size: \([\d x]+\)\. "
     r"Kernel size can't be greater than actual input size\.?",
     _("The map that arrives is smaller than the kernel: a layer before it has lost rows and columns, perhaps because "
       "a padding is missing.")),
    (r"Given groups=\d+, weight of size \[[\d, ]+\], expected input\[[\d, ]+\] to have \d+ channels, but got .*",
     _("The layer's `in_channels` is not the number of channels that arrive; if that is the batch's size, the axis of "
     "channels is missing.")),
)


def explain(error: StudentError, *, hidden: bool, source: str | None) -> str:
    """One or two sentences on an exception of student code: what, where in the notebook, and what to try.

    source: the notebook's code; behind the boundary a line is only shown if it stands there.
    """
    said = error.text if hidden else _as_said(error.text)
    known = HINTS if hidden else HINTS_HERE + HINTS
    hint = next((hint for pattern, hint in known if re.fullmatch(pattern, said)), None)
    if error.meant and not hidden and re.search(r"has no attribute|is not defined", said):
        hint = _("Did you mean `{meant}`?").format(meant=error.meant)
    text = said.rstrip() if (not hidden or hint) else ""  # some of NumPy's texts end in a blank
    place = _place(error.where, source) if error.where else ""
    if error.known_type == "SystemExit":
        hint = _("A function ends with `return`; exit() and quit() end the whole notebook.")
    said = f": {text}" if text else ""
    first = _SAID.format(exception=with_article(error.known_type), place=place, text=said)
    return f"{first.rstrip('.')}.{' ' + hint if hint else ''}"


def _as_said(text: str) -> str:
    """An exception's text as a person reads it: without the colours of a terminal, and what Keras puts around its own
    errors and lists after them."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    keras = r"Exception encountered when calling .*?\.\s+(.+?)(\s*Arguments received by .*)?"
    around = re.fullmatch(keras, plain, re.DOTALL)
    return around[1] if around else plain


def _place(where: Where, source: str | None) -> str:
    if source is not None and where.code not in {line.strip() for line in source.splitlines()}:
        return ""
    if where.code:
        return _AT.format(code=where.code)
    return _IN_LINE.format(line=where.line, function=where.function)
