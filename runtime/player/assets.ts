import { type AssetPage, request } from "@lineside/client";

/** Assets as the runtime lists them to this person. */
export const servedAssets = async (query: URLSearchParams): Promise<AssetPage> =>
  (await request<AssetPage>("GET", `/assets?${query}`)).data;
