// 专家模式: dmn-js around the text of the form. Without this script, or where dmn-js can't open a file, the text itself is
// there to be corrected and saved.
(() => {
  const byId = (id) => document.getElementById(id);
  const [form, source, canvas, tabs, problem] = ["expert-form", "expert-xml", "expert-canvas", "expert-tabs", "expert-problem"].map(byId);
  const words = JSON.parse(byId("expert-words").textContent);
  const changed = byId("expert-changed");
  const file = byId("expert-file");
  let dirty = false;
  let opened = false;

  const translate = (sentence, values = {}) =>
    (words[sentence] ?? sentence).replace(/\{\s*(\w+)\s*\}/g, (all, name) => values[name] ?? all);
  const chinese = { additionalModules: [{ translate: ["value", translate] }] };
  const editor = new DmnJS({ container: canvas, drd: chinese, decisionTable: chinese, literalExpression: chinese, boxedExpression: chinese });

  const mark = (is) => {
    dirty = is;
    if (changed) changed.textContent = is ? canvas.dataset.changed : "";
  };

  /** Tables first, in the order of the file; the diagram last. */
  const ordered = () => {
    const views = editor.getViews();
    return [...views.filter((v) => v.type !== "drd"), ...views.filter((v) => v.type === "drd")];
  };

  function drawTabs() {
    const active = editor.getActiveView();
    const draw = (view) => {
      const tab = document.createElement("button");
      tab.type = "button";
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-selected", String(view.id === active?.id));
      tab.dataset.view = view.id;
      tab.textContent = view.type === "drd" ? canvas.dataset.diagram : view.name || view.id;
      tab.addEventListener("click", () => editor.open(view));
      return tab;
    };
    tabs.replaceChildren(...ordered().map(draw));
  }

  function show(isOpen) {
    opened = isOpen;
    canvas.hidden = tabs.hidden = !isOpen;
    for (const part of document.querySelectorAll(".expert-source")) part.hidden = isOpen;
  }

  async function open(xml) {
    problem.hidden = true;
    show(true);
    try {
      await editor.importXML(xml, { open: false });
      await editor.open(ordered()[0]);
    } catch (error) {
      show(false);
      problem.textContent = `${canvas.dataset.unopened} ${error.message}`;
      problem.hidden = false;
    }
  }

  // Every view has a history of its own, made when it is first opened.
  const watched = new WeakSet();
  editor.on("views.changed", () => {
    drawTabs();
    const viewer = editor.getActiveViewer();
    if (!viewer || watched.has(viewer)) return;
    watched.add(viewer);
    viewer.on("commandStack.changed", ({ trigger }) => trigger !== "clear" && mark(true));
  });

  form.addEventListener("submit", async (event) => {
    if (!opened) {
      mark(false);
      return;
    }
    event.preventDefault();
    // A cell that is being typed into is taken when it is left.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    await new Promise(requestAnimationFrame);
    if (dirty) source.value = (await editor.saveXML({ format: true })).xml;
    mark(false);
    form.submit();
  });

  file?.addEventListener("change", async () => {
    const [chosen] = file.files;
    if (!chosen) return;
    source.value = await chosen.text();
    file.value = "";
    await open(source.value);
    // Saved as it was uploaded, unless somebody goes on editing.
    mark(false);
    if (changed) changed.textContent = canvas.dataset.changed;
  });

  addEventListener("beforeunload", (event) => {
    if (dirty) event.preventDefault();
  });

  open(source.value);
})();
