// The catalogue (widgets, connectors, functions) is read once a page load and shared.
import type { Catalogue } from "@lineside/client";
import { request } from "@lineside/client";
import { useEffect, useState } from "react";

let loading: Promise<Catalogue> | undefined;
let loaded: Catalogue | undefined;

/** Reads the catalogue; after a failure the next call asks again. */
export function loadCatalogue(): Promise<Catalogue> {
  loading ??= request<Catalogue>("GET", "/catalog").then(
    (answer) => {
      loaded = answer.data;
      return loaded;
    },
    (error) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}

export function useCatalogue(): Catalogue | undefined {
  const [catalogue, setCatalogue] = useState(loaded);
  useEffect(() => {
    let alive = true;
    loadCatalogue().then(
      (c) => alive && setCatalogue(c),
      () => {}, // the page that needs it shows the failure of its own request
    );
    return () => {
      alive = false;
    };
  }, []);
  return catalogue;
}
