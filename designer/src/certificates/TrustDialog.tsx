import type { Certificate, Certificates, RefusedCertificate } from "@lineside/client";
import { request } from "@lineside/client";
import { useState } from "react";
import { useT } from "../i18n";
import { ProblemList, sayFailure } from "../shell/form";
import { useMay } from "../shell/me";
import { asApiError, useResource } from "../shell/resource";
import { useTime } from "../shell/time";
import { Busy, Button, Check, Dialog, Note, toast } from "../ui";
import { Facts } from "./facts";

const late = ["expired", "not_yet_valid"];
const other = ["other_host", "other_application"];

/** Shows a certificate with what speaks against it, and asks whether it is trusted all the same. */
export function TrustDialog({
  certificate: c,
  onClose,
  onDone,
}: {
  certificate: Certificate;
  onClose(): void;
  onDone(): Promise<void> | void;
}) {
  const t = useT();
  const time = useTime();
  const may = useMay("administer");
  const faults = c.faults ?? [];
  const [althoughExpired, setAlthoughExpired] = useState(c.althoughExpired ?? false);
  const [althoughName, setAlthoughName] = useState(c.althoughName ?? false);
  const [busy, setBusy] = useState(false);
  const isLate = faults.some((fault) => late.includes(fault));
  const isOther = faults.some((fault) => other.includes(fault));
  const covered = (!isLate || althoughExpired) && (!isOther || althoughName);
  const same = c.state === "trusted" && althoughExpired === !!c.althoughExpired && althoughName === !!c.althoughName;
  const decide = async (state: "trusted" | "rejected") => {
    setBusy(true);
    try {
      const { fingerprint, address } = c;
      await request("POST", "/certificates/decide", { fingerprint, address, state, althoughExpired, althoughName });
      toast(t(`certificates:${state}`), { kind: state === "trusted" ? "good" : undefined });
      await onDone();
      onClose();
    } catch (error) {
      sayFailure(asApiError(error));
    } finally {
      setBusy(false);
    }
  };
  const asks = may && !same && (c.state !== "accepted" || faults.length > 0);
  return (
    <Dialog
      open
      size="wide"
      title={asks ? t("certificates:trustTitle") : t("certificates:lookTitle", { address: c.address })}
      text={asks ? t("certificates:compare") : undefined}
      reading={!asks}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{may ? t("common:cancel") : t("common:close")}</Button>
          {may && (
            <>
              <span className="grow" />
              {c.state !== "rejected" && (
                <Button
                  look="danger"
                  disabled={busy}
                  title={t("certificates:rejectHint")}
                  onClick={() => decide("rejected")}
                >
                  {t("certificates:doReject")}
                </Button>
              )}
              <Button look="primary" disabled={busy || !covered || same} onClick={() => decide("trusted")}>
                {t("certificates:doTrust")}
              </Button>
            </>
          )}
        </>
      }
    >
      {faults.map((fault) => (
        <Note key={fault} kind={(c.missing ?? []).includes(fault) ? "bad" : "warning"}>
          {t(`certificates:faults.${fault}`)}
        </Note>
      ))}
      <Facts certificate={c} />
      {c.decidedBy && c.decidedAt && (
        <p className="muted">
          {t(`certificates:states.${c.state}`)},{" "}
          {t("certificates:decidedBy", { name: c.decidedBy, time: time(c.decidedAt) })}
        </p>
      )}
      {may && isLate && (
        <Check label={t("certificates:althoughExpired")} checked={althoughExpired} onChange={setAlthoughExpired} />
      )}
      {may && isOther && (
        <Check label={t("certificates:althoughName")} checked={althoughName} onChange={setAlthoughName} />
      )}
      <p className="muted">{may ? t("certificates:scope", { address: c.address }) : t("certificates:askAdmin")}</p>
    </Dialog>
  );
}

/** The same for a certificate of which only the key is known, as a device tells it. */
export function TrustRefused({
  refused,
  onClose,
  onDone,
}: {
  refused: RefusedCertificate;
  onClose(): void;
  onDone(): Promise<void> | void;
}) {
  const t = useT();
  const all = useResource<Certificates>("/certificates");
  const found = all.data?.certificates.find(
    (c) => c.fingerprint === refused.fingerprint && c.address === refused.address,
  );
  if (found) return <TrustDialog certificate={found} onClose={onClose} onDone={onDone} />;
  return (
    <Dialog
      open
      title={t("certificates:lookTitle", { address: refused.address })}
      onClose={onClose}
      footer={<Button onClick={onClose}>{t("common:close")}</Button>}
    >
      {all.error && <ProblemList problems={[all.error]} />}
      {all.loading ? <Busy /> : !all.error && <p>{t("certificates:gone")}</p>}
    </Dialog>
  );
}
