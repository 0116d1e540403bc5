// Goes from a tag to its history.
import { TrendingUp } from "lucide-react";
import { useT } from "../i18n";
import { navigate } from "../router";
import { IconButton } from "../ui";

export function HistoryLink({ path }: { path: string }) {
  const t = useT();
  return (
    <IconButton
      label={t("trends:of", { path })}
      onClick={() => navigate(`/history?${new URLSearchParams({ tag: path })}`)}
    >
      <TrendingUp size={16} aria-hidden />
    </IconButton>
  );
}
