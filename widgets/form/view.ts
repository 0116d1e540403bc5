import { make, ownTouch, press } from "../alarm";
import { Control, controlText, failureText, refusal } from "../control";
import { flag, lookText, shown, string } from "../kit";
import type { ElementView } from "../view";
import { type FormField, fieldsOf, hintOf, readField, writeField } from "./fields";
import "../field.css";
import "./form.css";

const words = {
  submit: { en: "Submit", zh: "提交" },
  clear: { en: "Clear", zh: "清空" },
  none: { en: "Add fields, or bind them to a list or JSON Schema.", zh: "请添加字段，或绑定字段列表或 JSON Schema。" },
  wrong: { en: "Correct what is marked.", zh: "请更正标出的内容。" },
  done: { en: "Submitted.", zh: "已提交。" },
  choose: { en: "Choose", zh: "请选择" },
};

let ids = 0;

/** Fields that are filled in together and submitted as one object. */
export default {
  mount(host, settings, env) {
    const { lang } = env;
    const fields = fieldsOf(settings.fields);
    const id = `ls-form-${++ids}`;
    const root = make("form", "ls-form");
    root.noValidate = true;
    root.autocomplete = "off";
    const label = string(settings, "label");
    root.setAttribute("aria-label", label || env.name || env.title);
    ownTouch(root);
    if (label) root.append(make("p", "ls-form-title", label));
    const body = make("div", "ls-form-body");
    const note = make("p", "ls-field-note");
    note.setAttribute("role", "status");
    let draw = () => {};
    let touched = false;
    let said = "";
    const control = new Control(env, settings, () => draw());

    const line = (f: FormField) => {
      const input = f.kind === "area" ? make("textarea") : f.kind === "choice" ? make("select") : make("input");
      input.id = `${id}-${f.name}`;
      if (input instanceof HTMLSelectElement) {
        input.append(new Option(words.choose[lang], ""), ...f.choices.map((c) => new Option(c.title, c.value)));
      } else {
        input.maxLength = f.most;
        input.spellcheck = false;
        input.autocomplete = "off";
      }
      if (input instanceof HTMLInputElement) {
        input.type =
          { bool: "checkbox", password: "password", date: "date", time: "time", datetime: "datetime-local" }[
            f.kind as string
          ] ?? "text";
        if (f.kind === "number" || f.kind === "int") input.inputMode = f.kind === "int" ? "numeric" : "decimal";
      }
      if (f.required) input.setAttribute("aria-required", "true");
      const name = make("label", "", f.title);
      name.htmlFor = input.id;
      if (f.required) name.append(make("b", "", " *"));
      const help = make("small", "", hintOf(f, lang));
      help.id = `${input.id}-h`;
      input.setAttribute("aria-describedby", help.id);
      const box = make("div", "ls-form-box", input);
      if (f.unit) box.append(make("span", "", f.unit));
      const row = make("div", `ls-form-line ${f.kind}`, name, box, help);
      const get = () =>
        input instanceof HTMLInputElement && input.type === "checkbox" ? String(input.checked) : input.value;
      const put = (v: unknown) => {
        if (input instanceof HTMLInputElement && input.type === "checkbox")
          input.checked = v === true || v === 1 || v === "true";
        else input.value = writeField(f, v);
      };
      const complain = (problem: string) => {
        row.classList.toggle("invalid", problem !== "");
        input.setAttribute("aria-invalid", String(problem !== ""));
        help.textContent = problem || hintOf(f, lang);
      };
      input.addEventListener("input", () => {
        touched = true;
        said = "";
        control.result = undefined;
        complain("");
        draw();
      });
      return { f, row, input, get, put, complain };
    };
    const lines = fields.map(line);
    body.append(...(lines.length > 0 ? lines.map((l) => l.row) : [make("p", "ls-form-empty", words.none[lang])]));
    const submit = make("button", "ls-field-act primary", string(settings, "submitText") || words.submit[lang]);
    submit.type = "submit";
    const clear = press("ls-field-act", words.clear[lang], () => {
      touched = false;
      said = "";
      fill();
      draw();
    });
    root.append(body, make("div", "ls-form-foot", note, clear, submit));
    host.append(root);

    let now = shown({}, settings, "value");
    /** What the plant has, else what the fields begin with. */
    const fill = () => {
      const present = typeof now.v === "object" && now.v !== null ? (now.v as Record<string, unknown>) : {};
      for (const l of lines) {
        l.put(Object.hasOwn(present, l.f.name) && l.f.kind !== "password" ? present[l.f.name] : l.f.default);
        l.complain("");
      }
    };
    const closed = () => refusal(env, settings, "value");
    draw = () => {
      const why = closed();
      const open = why === "" && !control.pending && env.mode === "run";
      for (const l of lines) l.input.disabled = !open && env.mode === "run";
      submit.disabled = !open || lines.length === 0;
      clear.hidden = !touched;
      const failed = control.result ? [controlText(control, env), failureText(control)].filter(Boolean).join(": ") : "";
      note.textContent =
        failed || controlText(control, env) || said || why || lookText(now.look === "unset" ? "good" : now.look, lang);
      note.title = note.textContent;
      note.classList.toggle("wrong", failed !== "" || said === words.wrong[lang]);
    };
    root.addEventListener("submit", (e) => {
      e.preventDefault();
      if (submit.disabled) return;
      const out: Record<string, unknown> = {};
      let first: HTMLElement | undefined;
      for (const l of lines) {
        const r = readField(l.f, l.get(), lang);
        l.complain("problem" in r ? r.problem : "");
        if ("problem" in r) first ??= l.input;
        else if (r.value !== undefined) out[l.f.name] = r.value;
      }
      if (first) {
        said = words.wrong[lang];
        draw();
        first.focus();
        return;
      }
      said = "";
      void control.emit("set", out).then((done) => {
        if (!done) return;
        touched = false;
        said = words.done[lang];
        if (flag(settings, "clearAfter")) fill();
        draw();
      });
    });
    // In a field Enter submits as in any form; the keys of the screen are not for what is typed.
    root.addEventListener("keydown", (e) => {
      if (e.key === "Escape" && touched) {
        e.preventDefault();
        e.stopPropagation();
        clear.click();
      }
    });
    const before = env.memory.get("typing") as Record<string, string> | undefined;
    env.memory.delete("typing");
    fill();
    if (before)
      for (const l of lines) {
        const v = before[l.f.name];
        if (v === undefined) continue;
        touched = true;
        if (l.f.kind === "bool") l.put(v);
        else l.input.value = v;
      }
    draw();
    return {
      update(values) {
        now = shown(values, settings, "value");
        if (!touched && !root.contains(document.activeElement)) fill();
        draw();
      },
      resize() {},
      lost: () => draw(),
      describe: () => ({ role: "none", label: "" }),
      destroy() {
        if (touched)
          env.memory.set(
            "typing",
            Object.fromEntries(lines.filter((l) => l.f.kind !== "password").map((l) => [l.f.name, l.get()])),
          );
        root.remove();
      },
    };
  },
} satisfies ElementView;
