/** What lists have in common that the API answers page by page. */

/** For infiniteQueryOptions. */
export const BY_CURSOR = {
  initialPageParam: null as string | null,
  getNextPageParam: ({ next_cursor }: { next_cursor: string | null }) => next_cursor,
}

/** The query parameters of one page; the first has no cursor. */
export const pageAt = (cursor: string | null, limit: number) => ({ limit, ...(cursor !== null && { cursor }) })

/** Loads the next page; undefined on the last. */
export const moreOf = ({ hasNextPage, fetchNextPage }: { hasNextPage: boolean; fetchNextPage: () => unknown }) =>
  hasNextPage ? () => void fetchNextPage() : undefined
