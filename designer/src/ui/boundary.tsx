// What a part of the page throws while it is drawn stays with that part: the rest goes on, and nothing is lost.
import { Component, type ErrorInfo, type ReactNode } from "react";
import { useT } from "../i18n";
import { Button } from "./button";
import { Note } from "./message";

interface Props {
  children: ReactNode;
  /** Said in place of the usual words about a part of the page. */
  title?: string;
  /** A change of it tries again: another selection, another tab. */
  again?: unknown;
}

/** Shows an error that can be copied in place of a part that cannot be drawn. */
export class Boundary extends Component<Props, { error: Error | undefined }> {
  override state = { error: undefined as Error | undefined };

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    console.error("a part of the page failed:", error, info.componentStack);
  }

  override componentDidUpdate(before: Props): void {
    if (this.state.error && before.again !== this.props.again) this.setState({ error: undefined });
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return <Failed title={this.props.title} error={error} onAgain={() => this.setState({ error: undefined })} />;
  }
}

function Failed(props: { title: string | undefined; error: Error; onAgain: () => void }) {
  const t = useT();
  const text = `${props.error.name}: ${props.error.message}\n${(props.error.stack ?? "").split("\n").slice(0, 6).join("\n")}`;
  return (
    <div className="failed-part">
      <Note kind="bad" title={props.title ?? t("common:failed.title")}>
        <p>{t("common:failed.text")}</p>
        <pre className="mono">{text}</pre>
        <div className="failed-acts">
          <Button onClick={props.onAgain}>{t("common:failed.again")}</Button>
          <Button look="quiet" onClick={() => void navigator.clipboard?.writeText(text).catch(() => {})}>
            {t("common:failed.copy")}
          </Button>
          <Button look="quiet" onClick={() => location.reload()}>
            {t("common:failed.reload")}
          </Button>
        </div>
      </Note>
    </div>
  );
}
