// Like answers together: the keys of the rubric's items. Off where they are off on an answer's page.
"use strict";
document.addEventListener("keydown", (event) => {
  if (event.target.matches("textarea, input:not([type=checkbox])")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (localStorage.getItem("autograder keys off") || event.ctrlKey || event.altKey || event.metaKey) return;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
  const field = {c: "#comment", f: "#free"}[event.key];
  const item = digit && document.querySelector(`.giving label.item:nth-of-type(${digit[1]}) input`);
  if (item) item.click();
  else if (field) document.querySelector(field).focus();
  else return;
  event.preventDefault();
});
