import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { matcher, type Thing } from "./search";

// The server tries the same table in runtime/plant/search_test.go.
const table = JSON.parse(readFileSync("runtime/plant/testdata/search.json", "utf8")) as {
  name: string;
  query: string;
  fits: string[];
}[];

const things: Record<string, Thing> = {
  pump: {
    texts: ["line1/pump1"],
    titles: { en: "Feed", de: "Förderpumpe" },
    types: ["pump", "drive"],
    marks: [{ labels: ["critical"] }, { attributes: { Supplier: "KSB AG" } }],
  },
  tank: {
    texts: ["line1/x:y"],
    titles: { zh: "储罐" },
    types: ["tank"],
    marks: [{ labels: ["spare"], attributes: { supplier: "Wilo" } }, undefined],
  },
};

it.each(table)("$name", ({ query, fits }) => {
  const chosen = matcher(query);
  expect(Object.keys(things).filter((id) => chosen(things[id] as Thing))).toEqual(fits);
});
