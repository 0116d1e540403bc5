// Files brought from the desktop or the clipboard: an SVG becomes a drawing, a photograph an image.
import { type Drawing, type Problem, request, type Widget } from "@lineside/client";
import { addDrawing, addWidgets, idSource } from "../document";
import { t } from "../i18n";
import { asApiError } from "../shell/resource";
import { toast } from "../ui";
import type { Editor } from "./editor";

const raster = ["image/png", "image/jpeg", "image/webp", "image/gif"];

/** What a file picker shall offer. */
export const importable = ["image/svg+xml", ".svg", ...raster].join();

/** The most bytes of an image as it is kept in the document. */
const most = 256 * 1024;

const isSVG = (file: File): boolean => file.type === "image/svg+xml" || /\.svg$/i.test(file.name);

/** Whether any of these can be imported; for a drag, of which only the types are known. */
export function offersFiles(data: DataTransfer | null): boolean {
  return [...(data?.items ?? [])].some((i) => i.kind === "file" && (i.type === "" || i.type.startsWith("image/")));
}

/** Pictures on the clipboard: files, or the text of an SVG as drawing programs copy it. */
export function pastedFiles(data: DataTransfer | null, text: string): File[] {
  const files = [...(data?.files ?? [])].filter((f) => isSVG(f) || raster.includes(f.type));
  if (files.length === 0 && /^\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<svg[\s>]/s.test(text.slice(0, 4096)))
    files.push(new File([text], "drawing.svg", { type: "image/svg+xml" }));
  return files;
}

/** Imports files, the first in the middle of a place, each further one a little beside. Says what was left out. */
export async function importFiles(editor: Editor, files: readonly File[], at: { x: number; y: number }): Promise<void> {
  const made: string[] = [];
  for (const [i, file] of files.entries()) {
    const place = { x: at.x + i * 16, y: at.y + i * 16 };
    try {
      const id = isSVG(file)
        ? await importSVG(editor, file, place)
        : raster.includes(file.type)
          ? await importImage(editor, file, place)
          : undefined;
      if (id) made.push(id);
      else toast(t("drawing:notImage", { name: file.name }), { kind: "bad", text: t("drawing:notImageHint") });
    } catch (e) {
      const error = asApiError(e);
      toast(t("drawing:failed", { name: file.name }), {
        kind: "bad",
        text: [error.message, error.hint].filter(Boolean).join(" "),
      });
    }
  }
  if (made.length === 0) return;
  editor.session.setState({ selection: made, scope: "" });
  editor.doc.settle();
  editor.board?.host.focus({ preventScroll: true });
  editor.say("drawing:imported", { count: made.length });
}

/** How large what is imported may be: what is seen, with some space around. */
function room(editor: Editor): { w: number; h: number } {
  const record = editor.record();
  const seen = editor.board?.seen();
  return {
    w: Math.max(40, 0.8 * Math.min(seen?.w ?? 800, record?.screen.width ?? 800)),
    h: Math.max(40, 0.8 * Math.min(seen?.h ?? 600, record?.screen.height ?? 600)),
  };
}

async function importSVG(editor: Editor, file: File, at: { x: number; y: number }): Promise<string | undefined> {
  const svg = await file.text();
  const { data } = await request<{ drawing: Drawing; problems: Problem[] }>("POST", "/drawings", { svg });
  const { id: _, ...drawing } = data.drawing;
  drawing.name ||= file.name.replace(/\.svg$/i, "").slice(0, 100);
  if (data.problems.length > 0)
    toast(t("drawing:leftOut", { name: file.name }), { text: data.problems.map((p) => p.message).join(" ") });
  return addDrawing(editor.doc, editor.screen(), drawing, at, room(editor));
}

async function importImage(editor: Editor, file: File, at: { x: number; y: number }): Promise<string | undefined> {
  const bitmap = await createImageBitmap(file);
  const { width, height } = bitmap;
  const src = file.size <= most ? await dataURL(file) : await smaller(bitmap);
  bitmap.close();
  if (!src) throw { message: t("drawing:imageTooLarge"), hint: t("drawing:imageTooLargeHint") };
  const record = editor.record();
  if (!record) return undefined;
  const { w, h } = room(editor);
  const scale = Math.min(1, w / width, h / height);
  const size = { w: Math.max(8, Math.round(width * scale)), h: Math.max(8, Math.round(height * scale)) };
  const id = idSource(record)("image");
  const widget: Widget = {
    id,
    type: "image",
    name: file.name.replace(/\.\w+$/, "").slice(0, 100),
    x: Math.round(at.x - size.w / 2),
    y: Math.round(at.y - size.h / 2),
    ...size,
    props: { src },
  };
  addWidgets(editor.doc, editor.screen(), [widget], "drawing:step.image");
  return id;
}

function dataURL(blob: Blob): Promise<string> {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(blob);
  });
}

/** The picture in fewer pixels, as few as it needs to be small enough; undefined when that is not enough. */
async function smaller(bitmap: ImageBitmap): Promise<string | undefined> {
  for (let side = Math.min(1920, Math.max(bitmap.width, bitmap.height)); side >= 240; side = Math.round(side * 0.75)) {
    const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/webp", 0.85));
    if (blob && blob.size <= most) return dataURL(blob);
  }
  return undefined;
}
