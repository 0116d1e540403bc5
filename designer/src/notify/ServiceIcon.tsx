import { BellRing, Mail, Megaphone, MessageCircle, Smartphone, Webhook } from "lucide-react";

const icons: Record<string, typeof Mail> = {
  mail: Mail,
  "bell-ring": BellRing,
  "message-circle": MessageCircle,
  smartphone: Smartphone,
  webhook: Webhook,
};

/** The symbol of a kind of channel or of a service. */
export function ServiceIcon({ name, size = 16 }: { name?: string; size?: number }) {
  const Mark = icons[name ?? ""] ?? Megaphone;
  return <Mark size={size} aria-hidden />;
}
