/** Tabs share the cookies: each tells the others who has signed in, or that nobody is signed in any more. */
const channel = new BroadcastChannel('doca.session')

/** `user`: an id; null: the session was ended. */
export const tellTabs = (user: string | null): void => channel.postMessage(user)

/** Returns how to stop. */
export function onOtherTab(tell: (user: string | null) => void): () => void {
  const told = ({ data }: MessageEvent<string | null>) => tell(data)
  channel.addEventListener('message', told)
  return () => channel.removeEventListener('message', told)
}
