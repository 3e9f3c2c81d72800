// One card for predictions and quizzes. It answers by itself; a kernel, if there is one, records.

const make = (tag, props = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children);
  return node;
};

// Plain text with `code` spans.
const words = (text) =>
  text.split("`").map((part, n) => (n % 2 ? make("code", { textContent: part }) : part));

function verdict(item, pick) {
  const right = pick === item.answer;
  const lead = right ? "Yes." : "Not this time.";
  const box = make("div", { className: right ? "ef-right" : "ef-other" });
  box.append(make("strong", { textContent: lead }), " ");
  if (!right) box.append("It is: ", ...words(item.options[item.answer]), ". ");
  box.append(...words(item.explanation));
  return box;
}

function ask(model, item, index, several, commit) {
  const form = make("form");
  const legend = make("legend", {}, ...words((several ? `${index + 1}. ` : "") + item.question));
  const field = make("fieldset", {}, legend);
  const button = make("button", { type: "submit", textContent: "Commit", disabled: true });
  const said = make("div", { className: "ef-said" });
  said.setAttribute("role", "status");
  said.tabIndex = -1;
  const inputs = item.options.map((text, value) => {
    const input = make("input", { type: "radio", name: "option", value });
    input.addEventListener("change", () => (button.disabled = false));
    field.append(make("label", {}, input, make("span", {}, ...words(text))));
    return input;
  });
  const show = () => {
    const pick = model.get("chosen")[index];
    const done = pick !== null && pick !== undefined;
    inputs.forEach((input, n) => {
      input.disabled = done;
      if (done) input.checked = n === pick;
      input.parentNode.classList.toggle("ef-answer", done && n === item.answer);
    });
    button.hidden = done;
    said.replaceChildren(...(done ? [verdict(item, pick)] : []));
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const pick = inputs.findIndex((input) => input.checked);
    if (pick < 0) return;
    commit(index, pick);
    // The button is gone now: who types goes on from the verdict, and hears it.
    said.focus();
  });
  form.append(field, button, said);
  return { form, show };
}

function render({ model, el }) {
  const questions = model.get("questions");
  const several = questions.length > 1;
  const card = make("section", { className: "ef-card" });
  const title = model.get("kind") === "quizzes" ? "Quiz" : "Predict, then run";
  card.setAttribute("aria-label", `${title}: ${questions[0].question.replaceAll("`", "")}`);
  const score = make("p", { className: "ef-score" });
  score.setAttribute("role", "status");
  const commit = (index, pick) => {
    const chosen = [...model.get("chosen")];
    chosen[index] = pick;
    model.set("chosen", chosen);
    refresh();
    try {
      model.save_changes();
    } catch {
      // A static page has no kernel to tell; the answer is shown all the same.
    }
  };
  const asked = questions.map((item, index) => ask(model, item, index, several, commit));
  const refresh = () => {
    asked.forEach(({ show }) => show());
    const chosen = model.get("chosen");
    const right = questions.filter((item, n) => chosen[n] === item.answer).length;
    const open = chosen.filter((pick) => pick === null || pick === undefined).length;
    score.textContent = several && !open ? `${right} of ${questions.length} right.` : "";
  };
  card.append(make("p", { className: "ef-title", textContent: title }));
  card.append(...asked.map(({ form }) => form), score);
  // Lab's own keyboard shortcuts must not fire while someone answers.
  card.setAttribute("data-lm-suppress-shortcuts", "true");
  el.append(card);
  model.on("change:chosen", refresh);
  refresh();
  return () => model.off("change:chosen", refresh);
}

export default { render };
