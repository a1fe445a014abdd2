import { asksForHelp, showHelp, wrongUsage } from '../../lib/command-line.ts'
import { purge, restore } from './bin.ts'
import { USAGE, type Command } from './command.ts'
import { edit, undoEdit } from './edit.ts'
import { groups, list } from './list.ts'
import { cancel, pause, replay, replays, resume } from './replay.ts'
import { show } from './show.ts'

const COMMANDS = new Map<string, Command>(
  Object.entries({
    groups,
    list,
    show,
    purge,
    restore,
    edit,
    'undo-edit': undoEdit,
    replay,
    replays,
    pause,
    resume,
    cancel,
  }),
)

/** Reads the words, before a database is needed; exits 2 when they are no command. */
export function deadLettersCommand([name = '', ...words]: string[]): ReturnType<Command> {
  if (name === 'help' || asksForHelp([name])) showHelp(USAGE)
  const command =
    COMMANDS.get(name) ?? wrongUsage(name === '' ? 'Say what to do.' : `There is no command ${name}.`, USAGE)
  return command(words)
}
