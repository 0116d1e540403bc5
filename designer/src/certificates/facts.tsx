import type { Certificate } from "@lineside/client";
import { useMemo } from "react";
import { useLanguage, useT } from "../i18n";
import { Badge } from "../ui";
import "./certificates.css";

/** A fingerprint as people compare it: in groups of four. */
export const spaced = (fingerprint: string) => fingerprint.replace(/(.{4})(?=.)/g, "$1 ");

/** The name in a distinguished name such as "CN=press,O=Plant". */
export const commonName = (subject: string) => /(?:^|,)CN=((?:\\.|[^,\\])*)/.exec(subject)?.[1] ?? subject;

/** Formats a day, as the language of the page writes it. */
export function useDay(): (time: string) => string {
  const lang = useLanguage();
  return useMemo(() => {
    const format = new Intl.DateTimeFormat(lang, { dateStyle: "medium" });
    return (time) => format.format(new Date(time));
  }, [lang]);
}

/** When a certificate ends, with a word when that is soon or past. */
export function Ends({ certificate }: { certificate: Certificate }) {
  const t = useT();
  const day = useDay();
  const over = Date.parse(certificate.notAfter) < Date.now();
  return (
    <>
      {day(certificate.notAfter)}{" "}
      {certificate.expiring && <Badge>{over ? t("certificates:expired") : t("certificates:expiring")}</Badge>}
    </>
  );
}

/** What stands in a certificate, to compare it with what the device shows. */
export function Facts({ certificate: c }: { certificate: Certificate }) {
  const t = useT();
  const day = useDay();
  const own = c.issuer === c.subject;
  const rows: [string, React.ReactNode][] = [
    [t("certificates:subject"), c.subject],
    [t("certificates:issuer"), own ? t("certificates:selfSigned") : c.issuer],
  ];
  if (c.names?.length) rows.push([t("certificates:names"), c.names.join(", ")]);
  if (c.application) rows.push([t("certificates:application"), c.application]);
  rows.push(
    [t("certificates:valid"), t("certificates:from", { from: day(c.notBefore), to: day(c.notAfter) })],
    [t("certificates:key"), c.key],
    [
      t("certificates:fingerprint"),
      <span key="fingerprint" className="fingerprint">
        {spaced(c.fingerprint)}
      </span>,
    ],
  );
  return (
    <dl className="certificate-facts selectable">
      {rows.map(([name, value]) => (
        <Row key={name} name={name} value={value} />
      ))}
    </dl>
  );
}

function Row({ name, value }: { name: string; value: React.ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
