import type { Certificate, DeviceTestResult, Problem } from "@lineside/client";
import { request } from "@lineside/client";
import { CircleCheck, Plug, ShieldQuestionMark } from "lucide-react";
import { useRef, useState } from "react";
import { TrustDialog } from "../certificates/TrustDialog";
import { useT } from "../i18n";
import { ProblemList } from "../shell/form";
import { asApiError } from "../shell/resource";
import { Button } from "../ui";

/** How a test of a connection stands. */
export type Test =
  | { state: "idle" }
  | { state: "running" }
  | { state: "ok"; latency: number; device?: string }
  | { state: "failed"; problem: Problem; problems: Problem[]; certificate?: Certificate };

/** Tries to connect with settings that need not be saved. */
export function useDeviceTest(asked: { connector: string; settings: Record<string, unknown>; device?: string }) {
  const t = useT();
  const [test, setTest] = useState<Test>({ state: "idle" });
  const latest = useRef(0);
  const forget = () => {
    latest.current++;
    setTest({ state: "idle" });
  };
  /** Resolves to whether the device answered; a result that settings have overtaken counts for nothing. */
  const run = async (): Promise<boolean> => {
    const turn = ++latest.current;
    setTest({ state: "running" });
    let result: Test;
    try {
      const { data } = await request<DeviceTestResult>("POST", "/devices/test", asked);
      const problem = data.problem ?? { code: "failed", message: t("plant:testFailed") };
      result = data.ok
        ? { state: "ok", latency: data.latencyMs, device: data.device }
        : {
            state: "failed",
            problem,
            problems: data.problems?.length ? data.problems : [problem],
            certificate: data.certificate,
          };
    } catch (error) {
      const problem = asApiError(error);
      result = { state: "failed", problem, problems: problem.problems.length ? problem.problems : [problem] };
    }
    if (turn !== latest.current) return false;
    setTest(result);
    return result.state === "ok";
  };
  return { test, run, forget };
}

/** What is wrong with single settings after a test, for the form. */
export const settingProblems = (test: Test): Problem[] =>
  test.state === "failed" ? test.problems.filter((p) => p.at?.startsWith("/settings/")) : [];

/** The button that tests, and beside it in a few words how it went. */
export function TestButton({ test, run }: { test: Test; run(): Promise<boolean> }) {
  const t = useT();
  return (
    <>
      <div className="grow test-result" aria-live="polite">
        {test.state === "running" && <span className="muted">{t("plant:testing")}</span>}
        {test.state === "ok" && (
          <span className="ok-text">
            <CircleCheck size={16} aria-hidden /> {t("plant:testOk", { latency: test.latency.toFixed(1) })}
            {test.device && ` · ${test.device}`}
          </span>
        )}
      </div>
      <Button icon={<Plug size={16} aria-hidden />} onClick={() => void run()} disabled={test.state === "running"}>
        {t("plant:test")}
      </Button>
    </>
  );
}

/** Why a test failed, with what to do; a certificate can be trusted right here. */
export function TestFailure({ test, run }: { test: Test; run(): Promise<boolean> }) {
  const t = useT();
  const [trusting, setTrusting] = useState<Certificate>();
  const failed = test.state === "failed" ? test.problems.filter((p) => !p.at?.startsWith("/settings/")) : [];
  return (
    <>
      {failed.length > 0 && (
        <div ref={(node) => node?.scrollIntoView({ block: "nearest" })}>
          <ProblemList problems={failed} />
          {test.state === "failed" && test.certificate && (
            <Button
              className="certificate-ask"
              icon={<ShieldQuestionMark size={16} aria-hidden />}
              onClick={() => setTrusting(test.certificate)}
            >
              {t("certificates:trust")}
            </Button>
          )}
        </div>
      )}
      {trusting && (
        <TrustDialog
          certificate={trusting}
          onClose={() => setTrusting(undefined)}
          onDone={async () => void (await run())}
        />
      )}
    </>
  );
}
