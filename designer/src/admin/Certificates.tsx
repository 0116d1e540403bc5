import type { Certificate, Certificates as TrustStore } from "@lineside/client";
import { request } from "@lineside/client";
import { Eye, ShieldCheck, Trash2, Upload } from "lucide-react";
import { useRef, useState } from "react";
import { commonName, Ends, Facts } from "../certificates/facts";
import { TrustDialog } from "../certificates/TrustDialog";
import { useT } from "../i18n";
import { ProblemList, Status, sayFailure } from "../shell/form";
import { asApiError, useResource } from "../shell/resource";
import { Busy, Button, Dialog, Empty, IconButton, Note, SearchInput, toast, useConfirm } from "../ui";

/** How many rows are drawn at first, and with each press of "more". */
const page = 100;

const base64 = (bytes: Uint8Array) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

/** The mark of a state: its shape is that of how a device is doing. */
const marks = { accepted: "connected", trusted: "connected", refused: "lost", rejected: "disabled" } as const;

/** The trust store of the plant: our own certificate, authorities, what devices have shown. */
export function Certificates() {
  const t = useT();
  const store = useResource<TrustStore>("/certificates", 5000);
  const [looking, setLooking] = useState<Certificate>();
  const [ask, question] = useConfirm();
  const all = store.data?.certificates ?? [];
  const authorities = all.filter((c) => !c.address);
  const servers = all.filter((c) => c.address);

  const run = async (work: () => Promise<string | undefined>) => {
    try {
      const said = await work();
      await store.reload();
      if (said) toast(said, { kind: "good" });
    } catch (error) {
      sayFailure(asApiError(error));
    }
  };
  const renew = async () => {
    if (
      !(await ask({
        title: t("certificates:renewTitle"),
        text: t("certificates:renewText"),
        action: t("certificates:renew").replace("…", ""),
        danger: true,
      }))
    )
      return;
    await run(async () => {
      await request("POST", "/certificates/own/renew");
      return t("certificates:renewed");
    });
  };
  const importFile = (file: File) =>
    run(async () => {
      const content = base64(new Uint8Array(await file.arrayBuffer()));
      const before = authorities.length;
      const { data } = await request<TrustStore>("POST", "/certificates/authorities", { file: content });
      return t("certificates:imported", {
        count: Math.max(1, data.certificates.filter((c) => !c.address).length - before),
      });
    });
  const remove = async (c: Certificate) => {
    const question = c.address
      ? { title: t("certificates:removeTitle", { address: c.address }), text: t("certificates:removeText") }
      : {
          title: t("certificates:removeAuthority", { name: commonName(c.subject) }),
          text: t("certificates:removeAuthorityText"),
        };
    if (!(await ask({ ...question, action: t("certificates:remove"), danger: true }))) return;
    await run(async () => {
      const address = c.address ? `?address=${encodeURIComponent(c.address)}` : "";
      await request("DELETE", `/certificates/${c.fingerprint}${address}`);
      return undefined;
    });
  };

  return (
    <section className="page-section" aria-label={t("certificates:title")}>
      {store.error && <ProblemList problems={[store.error]} />}
      {store.loading && <Busy />}
      {store.data && (
        <>
          <Servers certificates={servers} onLook={setLooking} onRemove={(c) => void remove(c)} />
          <Authorities
            certificates={authorities}
            onImport={(file) => void importFile(file)}
            onLook={setLooking}
            onRemove={(c) => void remove(c)}
          />
          <Own certificate={store.data.own} onRenew={() => void renew()} />
        </>
      )}
      {looking?.address && (
        <TrustDialog certificate={looking} onClose={() => setLooking(undefined)} onDone={store.reload} />
      )}
      {looking && !looking.address && (
        <Dialog
          open
          size="wide"
          reading
          title={t("certificates:authorityTitle")}
          onClose={() => setLooking(undefined)}
          footer={<Button onClick={() => setLooking(undefined)}>{t("common:close")}</Button>}
        >
          <Facts certificate={looking} />
        </Dialog>
      )}
      {question}
    </section>
  );
}

function Own({ certificate, onRenew }: { certificate: Certificate; onRenew(): void }) {
  const t = useT();
  const file = (format: string) => `/api/v1/certificates/own/file?format=${format}`;
  return (
    <section className="certificate-section" aria-labelledby="certificates-own">
      <h2 id="certificates-own">{t("certificates:own")}</h2>
      <p className="muted">{t("certificates:ownText")}</p>
      {certificate.expiring && (
        <Note kind="warning">
          {t("certificates:ends")} <Ends certificate={certificate} />
        </Note>
      )}
      <Facts certificate={certificate} />
      <div className="page-tools">
        <a className="button" href={file("der")} download>
          {t("certificates:downloadDer")}
        </a>
        <a className="button" href={file("pem")} download>
          {t("certificates:downloadPem")}
        </a>
        <Button onClick={onRenew}>{t("certificates:renew")}</Button>
      </div>
    </section>
  );
}

function Authorities({
  certificates,
  onImport,
  onLook,
  onRemove,
}: {
  certificates: Certificate[];
  onImport(file: File): void;
  onLook(c: Certificate): void;
  onRemove(c: Certificate): void;
}) {
  const t = useT();
  const file = useRef<HTMLInputElement>(null);
  return (
    <section className="certificate-section" aria-labelledby="certificates-authorities">
      <h2 id="certificates-authorities">{t("certificates:authorities")}</h2>
      <p className="muted">{t("certificates:authoritiesText")}</p>
      {certificates.length > 0 && (
        <table className="table">
          <thead>
            <tr>
              <th>{t("certificates:authority")}</th>
              <th>{t("certificates:ends")}</th>
              <th>
                <span className="visually-hidden">{t("certificates:actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {certificates.map((c) => (
              <tr key={c.fingerprint}>
                <td title={c.subject}>{commonName(c.subject)}</td>
                <td>
                  <Ends certificate={c} />
                </td>
                <td className="row-actions">
                  <IconButton
                    label={t("certificates:lookAuthority", { name: commonName(c.subject) })}
                    onClick={() => onLook(c)}
                  >
                    <Eye size={16} aria-hidden />
                  </IconButton>
                  <IconButton
                    label={t("certificates:removeAuthority", { name: commonName(c.subject) })}
                    onClick={() => onRemove(c)}
                  >
                    <Trash2 size={16} aria-hidden />
                  </IconButton>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <input
        ref={file}
        type="file"
        accept=".pem,.crt,.cer,.der"
        hidden
        aria-label={t("certificates:import")}
        onChange={(event) => {
          const chosen = event.target.files?.[0];
          if (chosen) onImport(chosen);
          event.target.value = "";
        }}
      />
      <Button icon={<Upload size={16} aria-hidden />} onClick={() => file.current?.click()}>
        {t("certificates:import")}
      </Button>
    </section>
  );
}

function Servers({
  certificates,
  onLook,
  onRemove,
}: {
  certificates: Certificate[];
  onLook(c: Certificate): void;
  onRemove(c: Certificate): void;
}) {
  const t = useT();
  const [query, setQuery] = useState("");
  const [shown, setShown] = useState(page);
  const wanted = query.trim().toLowerCase();
  const fits = (c: Certificate) =>
    [c.address, c.subject, c.issuer, c.fingerprint, ...(c.devices ?? []), t(`certificates:states.${c.state}`)].some(
      (text) => text?.toLowerCase().includes(wanted),
    );
  // What waits for somebody comes first.
  const found = certificates
    .filter((c) => !wanted || fits(c))
    .sort((a, b) => Number(b.state === "refused") - Number(a.state === "refused"));
  return (
    <section className="certificate-section" aria-labelledby="certificates-devices">
      <h2 id="certificates-devices">{t("certificates:devices")}</h2>
      {certificates.length === 0 && (
        <Empty
          icon={<ShieldCheck size={32} aria-hidden />}
          title={t("certificates:noDevices")}
          text={t("certificates:noDevicesText")}
        />
      )}
      {certificates.length > 5 && (
        <div className="page-tools">
          <SearchInput label={t("certificates:search")} value={query} onChange={setQuery} />
        </div>
      )}
      {certificates.length > 0 && found.length === 0 && <p className="muted">{t("certificates:nothingFound")}</p>}
      {found.length > 0 && (
        <table className="table">
          <thead>
            <tr>
              <th>{t("certificates:state")}</th>
              <th>{t("certificates:address")}</th>
              <th>{t("certificates:device")}</th>
              <th>{t("certificates:subject")}</th>
              <th>{t("certificates:ends")}</th>
              <th>
                <span className="visually-hidden">{t("certificates:actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {found.slice(0, shown).map((c) => (
              <tr key={`${c.address} ${c.fingerprint}`}>
                <td>
                  <Status state={marks[c.state]} label={t(`certificates:states.${c.state}`)} />
                  {(c.faults ?? []).length > 0 && (
                    <div className="muted">{c.faults?.map((f) => t(`certificates:short.${f}`)).join(", ")}</div>
                  )}
                </td>
                <td className="selectable">{c.address}</td>
                <td>{c.devices?.join(", ")}</td>
                <td title={c.subject}>{commonName(c.subject)}</td>
                <td>
                  <Ends certificate={c} />
                </td>
                <td className="row-actions">
                  {c.state === "refused" && <Button onClick={() => onLook(c)}>{t("certificates:trust")}</Button>}
                  {c.state !== "refused" && (
                    <IconButton label={t("certificates:look", { address: c.address })} onClick={() => onLook(c)}>
                      <Eye size={16} aria-hidden />
                    </IconButton>
                  )}
                  <IconButton label={t("certificates:removeTitle", { address: c.address })} onClick={() => onRemove(c)}>
                    <Trash2 size={16} aria-hidden />
                  </IconButton>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {found.length > shown && <Button onClick={() => setShown(shown + page)}>{t("certificates:more")}</Button>}
    </section>
  );
}
