// A logo from a file. What could be active (SVG) or is too large is drawn anew as pixels.

/** The most bytes of a logo in the document. */
export const mostLogo = 200 * 1024;

/** A logo is shown 32 pixels high; four times that is sharp on every display. */
const height = 128;
const widest = 640;

function read(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

function load(src: string): Promise<HTMLImageElement> {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = () => reject(new Error("no picture"));
    image.src = src;
  });
}

/** Reads a file as a data: URL of PNG, JPEG or WebP within the limit; it throws when the file is no picture. */
export async function pictureOf(file: File): Promise<string> {
  const url = URL.createObjectURL(file);
  try {
    // An image that is loaded this way runs no script and fetches nothing (SVG 2, secure static mode).
    const image = await load(url);
    if (file.size <= mostLogo && /^image\/(png|jpeg|webp)$/.test(file.type)) return await read(file);
    const ratio = image.naturalWidth / image.naturalHeight || 1;
    const canvas = document.createElement("canvas");
    canvas.height = Math.max(1, Math.round(Math.min(height, widest / ratio)));
    canvas.width = Math.max(1, Math.round(canvas.height * ratio));
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const png = canvas.toDataURL("image/png");
    if (png.length * 0.75 > mostLogo) throw new Error("too large");
    return png;
  } finally {
    URL.revokeObjectURL(url);
  }
}
