// The three ways in which a video comes.

export type Kind = "hls" | "mjpeg" | "file";

/** How the video of an address comes, as far as the address says. */
export function kindOf(url: URL, wanted: unknown): Kind {
  if (wanted === "hls" || wanted === "mjpeg" || wanted === "file") return wanted;
  if (/\.m3u8$/i.test(url.pathname)) return "hls";
  return /\.(mp4|webm|ogv|mov|m4v)$/i.test(url.pathname) ? "file" : "mjpeg";
}

export interface Source {
  readonly element: HTMLVideoElement | HTMLImageElement;
  destroy(): void;
}

interface Tell {
  /** There is a picture. */
  on(): void;
  /** It has ended with a fault. */
  off(): void;
}

/** A picture that a camera replaces again and again within one answer. */
export function mjpeg(url: URL, tell: Tell): Source {
  const img = document.createElement("img");
  img.alt = "";
  // "load" comes for the first picture only in some browsers, so that its size is looked at, too.
  const look = setInterval(() => img.naturalWidth > 0 && on(), 200);
  const on = () => {
    clearInterval(look);
    tell.on();
  };
  img.onload = on;
  img.onerror = () => {
    clearInterval(look);
    tell.off();
  };
  img.src = url.href;
  return {
    element: img,
    destroy() {
      clearInterval(look);
      img.onload = img.onerror = null;
      // The connection of a stream ends only when it has another address.
      img.src = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=";
      img.remove();
    },
  };
}

/** How long a video may stand still before it counts as lost, in ms. */
const patience = 10_000;

/** A file, or a stream by hls.js where the browser cannot by itself. */
export function video(url: URL, kind: Kind, muted: boolean, tell: Tell): Source {
  const v = document.createElement("video");
  v.muted = muted;
  v.autoplay = true;
  v.playsInline = true;
  v.loop = kind === "file";
  v.disablePictureInPicture = true;
  let gone = false;
  let hls: { destroy(): void } | undefined;
  let still: ReturnType<typeof setTimeout> | undefined;
  const wait = () => {
    clearTimeout(still);
    still = setTimeout(() => !v.paused && tell.off(), patience);
  };
  v.addEventListener("playing", () => {
    clearTimeout(still);
    tell.on();
  });
  v.addEventListener("timeupdate", () => clearTimeout(still));
  v.addEventListener("waiting", wait);
  v.addEventListener("stalled", wait);
  v.addEventListener("error", () => !gone && tell.off());
  v.addEventListener("loadeddata", () => tell.on());
  // Without a touch a browser plays nothing that sounds: then it is played without.
  const play = () =>
    v.play().catch((e: unknown) => {
      if (gone || !(e instanceof DOMException) || e.name !== "NotAllowedError") return;
      v.muted = true;
      v.play().catch(() => {});
    });
  if (kind === "hls" && !v.canPlayType("application/vnd.apple.mpegurl")) {
    void import("hls.js/light").then(
      ({ default: Hls }) => {
        if (gone) return;
        if (!Hls.isSupported()) {
          tell.off();
          return;
        }
        // No worker: the policy of the pages allows none from a blob, and one stream does not need it.
        const player = new Hls({ enableWorker: false, liveDurationInfinity: true });
        hls = player;
        player.on(Hls.Events.ERROR, (_event, data) => {
          if (data.fatal && !gone) tell.off();
        });
        player.on(Hls.Events.MANIFEST_PARSED, () => void play());
        player.loadSource(url.href);
        player.attachMedia(v);
      },
      () => !gone && tell.off(),
    );
  } else {
    v.src = url.href;
    void play();
  }
  wait();
  return {
    element: v,
    destroy() {
      gone = true;
      clearTimeout(still);
      hls?.destroy();
      v.pause();
      v.removeAttribute("src");
      v.load();
      v.remove();
    },
  };
}
