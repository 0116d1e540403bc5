// The set-up of messages: read once, changed as a whole, so that two people do not undo each other's work.
import type { ApiError, ChannelKind, ChannelState, Messages, Problem, RosterGap, User } from "@lineside/client";
import { request } from "@lineside/client";
import { useState } from "react";
import { asApiError, useResource } from "../shell/resource";

export interface NotifyState {
  channels: Record<string, ChannelState>;
  rosters: Record<string, { onDuty: string[]; gaps: RosterGap[] }>;
  problems: Problem[];
}

/** All that the tabs need, when it is there. */
export interface Setup {
  config: Messages;
  kinds: ChannelKind[];
  users: string[];
  state?: NotifyState;
  /** Keeps a changed set-up; throws what the server says. */
  save(next: Messages): Promise<void>;
}

export function useSetup(): { ready?: Setup; problems: Problem[]; error?: ApiError } {
  const config = useResource<Messages>("/notify");
  const kinds = useResource<ChannelKind[]>("/notify/kinds");
  const users = useResource<User[]>("/users");
  const state = useResource<NotifyState>("/notify/state", 2000);
  // What was saved counts before it has been read again.
  const [saved, setSaved] = useState<{ data: Messages; etag?: string }>();
  const error = config.error ?? kinds.error ?? users.error;
  const data = saved?.data ?? config.data;
  if (!data || !kinds.data || !users.data) return { problems: [], error };
  return {
    problems: state.data?.problems ?? [],
    ready: {
      config: data,
      kinds: kinds.data,
      users: users.data.map((user) => user.name),
      state: state.data,
      save: async (next) => {
        try {
          const answer = await request<Messages>("PUT", "/notify", next, { etag: saved?.etag ?? config.etag ?? '""' });
          setSaved({ data: answer.data, etag: answer.etag });
        } catch (failure) {
          const problem = asApiError(failure);
          if (problem.status === 412) {
            const fresh = await request<Messages>("GET", "/notify");
            setSaved({ data: fresh.data, etag: fresh.etag });
          }
          throw problem;
        }
        await state.reload();
      },
    },
  };
}

/** An id that is free, made of a name. */
export function freeId(name: string, taken: readonly string[], other: string): string {
  const base =
    name
      .toLowerCase()
      .normalize("NFKD")
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .slice(0, 48) || other;
  for (let n = 1; ; n++) {
    const id = n === 1 ? base : `${base}-${n}`;
    if (!taken.includes(id)) return id;
  }
}

/** The list with one more, or with one in place of the one of its id. */
export function put<T extends { id: string }>(list: readonly T[] | undefined, one: T): T[] {
  const old = list ?? [];
  return old.some((x) => x.id === one.id) ? old.map((x) => (x.id === one.id ? one : x)) : [...old, one];
}

/** Problems below a place, as they stand there. */
export function below(problems: readonly Problem[], place: string): Problem[] {
  return problems.filter((p) => p.at?.startsWith(place)).map((p) => ({ ...p, at: p.at?.slice(place.length) }));
}

/** Seconds of a duration as Go writes it: "1h5m0s". */
export function seconds(text: string | undefined): number {
  let sum = 0;
  for (const [, n, unit] of (text ?? "").matchAll(/([\d.]+)(ms|h|m|s)/g))
    sum += Number(n) * ({ h: 3600, m: 60, s: 1, ms: 0.001 }[unit as "h" | "m" | "s" | "ms"] ?? 0);
  return sum;
}

/** Minutes of a duration, undefined for none. */
export const minutes = (text: string | undefined) => (text && seconds(text) ? seconds(text) / 60 : undefined);

/** A duration of minutes, undefined for none. */
export const ofMinutes = (n: number | undefined) => (n ? `${Math.round(n * 60)}s` : undefined);
