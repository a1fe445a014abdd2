// Made by `bun run dashboard:types` from the OpenAPI document.
/* oxlint-disable */
export interface paths {
  '/2fa/disable': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Turn two-factor sign-in off, with a code or a recovery code; ends the other sessions
     * @description The body has at most 16 KiB.
     *
     *     Takes a session: an API key is refused.
     *
     *     For every user.
     */
    post: operations['post2faDisable']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/2fa/enable': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Begin an enrolment: a secret for an authenticator app
     * @description Takes a session that began within the last 15 minutes (403 sign_in_again). Nothing is on until POST /2fa/verify has seen a code of the app, within 15 minutes. Called again before that, it gives another secret and forgets the first.
     *
     *     Takes a session: an API key is refused.
     *
     *     For every user.
     */
    post: operations['post2faEnable']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/2fa/recovery-codes': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Ten new recovery codes in place of the old ones; takes the password and a code
     * @description The body has at most 16 KiB.
     *
     *     Takes a session: an API key is refused.
     *
     *     For every user.
     */
    post: operations['post2faRecoveryCodes']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/2fa/verify': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Prove a code: with a challenge to sign in, with a token to end an enrolment or to be known again
     * @description A code is good once, within 30 seconds before and after its time; a recovery code works in its place at sign-in. A challenge lives 300 seconds, and ends with its use, with five wrong codes or with a change of the user. The session comes the way that POST /login asked for. Ending an enrolment ends the other sessions of the user. With a token, and the second factor on, a code makes the session good for 15 minutes for what asks for it (403 code_required).
     *
     *     The body has at most 16 KiB.
     *
     *     Takes a session: an API key is refused.
     *
     *     For anybody; a session counts where there is one.
     */
    post: operations['post2faVerify']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/alerts': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Incidents, newest first or worst first
     * @description For every user.
     */
    get: operations['getAlerts']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/alerts/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * One incident, and what was told of it where
     * @description For every user.
     */
    get: operations['getAlertsById']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/alerts/{id}/ack': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Take note of it: no more reminders
     * @description The first to do so is kept; doing it again changes nothing.
     *
     *     For operators and admins.
     */
    post: operations['postAlertsByIdAck']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/alerts/stream': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Alerts as they change (server-sent events)
     * @description One `alert` whenever an alert fires, changes, is acknowledged or over, with the whole of it; at the start one for each that fires. With Last-Event-ID, as browsers send it, what has changed since; something may come twice. A comment every few seconds keeps it open; it ends with its session, and after JWT_EXPIRES_S.
     *
     *     For every user.
     */
    get: operations['getAlertsStream']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/relatorios': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Reports, newest first
     * @description For every user.
     */
    get: operations['getApiRelatorios']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/relatorios/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * One report; with .json, .csv or .png after the id, its file
     * @description For every user.
     */
    get: operations['getApiRelatoriosById']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/audit': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Changes and security events, newest first; for admins
     * @description For admins.
     */
    get: operations['getAudit']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/audit/export': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The same as CSV, all that the filters leave
     * @description Newest first, in one consistent snapshot. The last column is the JSON of `details`.
     *
     *     For admins.
     */
    get: operations['getAuditExport']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/charts': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Charts, newest first
     * @description For every user.
     */
    get: operations['getCharts']
    put?: never
    /**
     * Upload a workbook to be drawn
     * @description For operators and admins.
     */
    post: operations['postCharts']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/charts/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * One chart; with .png or .svg after the id its picture, with .json what is drawn in it
     * @description For every user.
     */
    get: operations['getChartsById']
    put?: never
    post?: never
    /**
     * Delete a workbook with its charts
     * @description For operators and admins.
     */
    delete: operations['deleteChartsById']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/charts/notifications': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Say that workbooks were put into the bucket, as the bucket itself does
     * @description The body is an event notification of S3, which MinIO and others send, too, best with an API key. A shortcut: what it names is drawn at once instead of when a poll comes to it. A notification that is lost or comes twice does no harm.
     *
     *     For operators and admins.
     */
    post: operations['postChartsNotifications']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/dead-letters': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Dead letters, newest first; with state=purged the bin
     * @description For every user.
     */
    get: operations['getDeadLetters']
    put?: never
    post?: never
    /**
     * Throw the dead letters that fit into the bin, all or none
     * @description For operators and admins.
     */
    delete: operations['deleteDeadLetters']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/dead-letters/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * A dead letter with its headers, and the beginning of its body
     * @description For every user.
     */
    get: operations['getDeadLettersById']
    /**
     * Change a message before it is replayed; answers an edited copy, which stands for the letter from then on
     * @description The message keeps its id. The original is kept as it is, in the state `replaced`, and the copy names it in `edited_from`. Of two edits at once the second is refused. POST /dead-letters/{id}/undo-edit on the copy takes the original back.
     *
     *     For admins.
     */
    put: operations['putDeadLettersById']
    post?: never
    /**
     * Throw a dead letter into the bin, from which it comes back for 30 days
     * @description For operators and admins.
     */
    delete: operations['deleteDeadLettersById']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/dead-letters/{id}/body': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The body of a dead letter, byte for byte, as a file
     * @description For every user.
     */
    get: operations['getDeadLettersByIdBody']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/dead-letters/{id}/restore': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Take a letter back from the bin
     * @description For operators and admins.
     */
    post: operations['postDeadLettersByIdRestore']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/dead-letters/{id}/undo-edit': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Undo the edit that made this copy; answers the original, which is dead again
     * @description For admins.
     */
    post: operations['postDeadLettersByIdUndoEdit']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/dead-letters/groups': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Dead letters by what they died of, the largest group first
     * @description A group is of one source, step, reason and cause, which is the detail with its ids, numbers and quoted texts blanked; its id is made of these.
     *
     *     For every user.
     */
    get: operations['getDeadLettersGroups']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/dead-letters/groups/{id}/note': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    /**
     * Note what is known of a group; it is kept when the group has no letter any more
     * @description For operators and admins.
     */
    put: operations['putDeadLettersGroupsByIdNote']
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/dead-letters/restore': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Take the letters that fit back from the bin, all or none
     * @description For operators and admins.
     */
    post: operations['postDeadLettersRestore']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/docs/problems': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Every code that a problem can have
     * @description A page where Accept names text/html, otherwise JSON; in Portuguese or English by Accept-Language.
     *
     *     For anybody.
     */
    get: operations['getDocsProblems']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/docs/problems/{code}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * What a code means, and what to do
     * @description A page where Accept names text/html, otherwise JSON; in Portuguese or English by Accept-Language.
     *
     *     For anybody.
     */
    get: operations['getDocsProblemsByCode']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/embalagens': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * List, filter and sort items
     * @description To keep a copy: ask with `updated_after=1970-01-01T00:00:00Z` and follow `next_cursor` to its end. The next time, ask with the `updated_at` of the last item that came, and replace by `id` what comes, of which some may have come before. Every change comes, also one that is committed late. Deleted items do not: for these compare the ids with the whole list from time to time, as after a restore of the database or where its clock went back.
     *
     *     For every user.
     */
    get: operations['getEmbalagens']
    put?: never
    /**
     * Create an item
     * @description For operators and admins.
     */
    post: operations['postEmbalagens']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/embalagens/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Read an item; 304 when If-None-Match has its ETag
     * @description For every user.
     */
    get: operations['getEmbalagensById']
    /**
     * Replace an item; what is left out takes its default; 412 when If-Match has an older ETag
     * @description For operators and admins.
     */
    put: operations['putEmbalagensById']
    post?: never
    /**
     * Delete an item
     * @description For operators and admins.
     */
    delete: operations['deleteEmbalagensById']
    options?: never
    head?: never
    /**
     * Change some fields of an item; 412 when If-Match has an older ETag
     * @description A JSON merge patch (RFC 7396): a field that is left out stays, null takes it back to its default and is refused for one that an item must have; `tags` are replaced as a whole. A patch that changes nothing makes no new version.
     *
     *     For operators and admins.
     */
    patch: operations['patchEmbalagensById']
    trace?: never
  }
  '/embalagens/{id}/history': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Changes of an item and their authors, newest first; also of a deleted one
     * @description From the audit, as long as that is kept. An import is one entry of the audit for its whole file, and has none here.
     *
     *     For operators and admins.
     */
    get: operations['getEmbalagensByIdHistory']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/embalagens/{id}/restore': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Bring a deleted item back, with its id, as the audit has it
     * @description For operators and admins.
     */
    post: operations['postEmbalagensByIdRestore']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/embalagens/count': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * How many items there are, or how many the filters leave
     * @description For every user.
     */
    get: operations['getEmbalagensCount']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/embalagens/export': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * All items, or those that the filters leave, as CSV
     * @description RFC 4180, UTF-8, commas, a point in decimals, tags joined by semicolons, ordered by sku; one consistent snapshot. With `excel=1`, or where Accept-Language asks for Portuguese and `excel` is left out, as Excel in Brazil opens it: semicolons, a comma in decimals, a byte order mark. A text gets an apostrophe wherever a spreadsheet that splits at commas, semicolons or tabs would find the start of a formula; the import takes them off again, so that both forms come back unchanged.
     *
     *     For every user.
     */
    get: operations['getEmbalagensExport']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/embalagens/import': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Create or update items from a file, all or nothing
     * @description CSV or .xlsx, told apart by content. The first row names the columns: the fields of an item, in any order. CSV may be UTF-8, UTF-16 or Windows-1252, separated by commas, semicolons or tabs, with one decimal mark in the whole file; tags are separated by semicolons inside their cell. A row whose sku is known updates that item; columns that the file does not have keep their values. An apostrophe before = + - or @, at the start of a cell or behind a comma, semicolon or tab in it, is taken off, as the export puts it there. When any row is wrong, nothing is imported and `errors` tells line, column and message of the first 1,000 mistakes, `detail` how many there are. With `dry_run=true` nothing is written: the same checks, and the same answer with what would be created and updated, and the first of these changes. A table may have 500,000 rows, a workbook 2,000,000 cells.
     *
     *     For operators and admins.
     */
    post: operations['postEmbalagensImport']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/events': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Accept one event or up to 1,000; the sku is looked up later
     * @description For operators and admins.
     */
    post: operations['postEvents']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/events/consumer': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Whether the consumer runs, or is paused by a storm of failures
     * @description For every user.
     */
    get: operations['getEventsConsumer']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/events/consumer/resume': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Decide about the storm, and let the consumer go on
     * @description For operators and admins.
     */
    post: operations['postEventsConsumerResume']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/events/failed': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Events that will not be tried again by themselves, newest first
     * @description Each is a dead letter: GET /dead-letters/{id} has all of it, and what became of it before.
     *
     *     For every user.
     */
    get: operations['getEventsFailed']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/events/failed/replay': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Replay failed events, all or those that are named; POST /replays can do more
     * @description For operators and admins.
     */
    post: operations['postEventsFailedReplay']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/events/history': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * What happened to an item, newest first
     * @description For every user.
     */
    get: operations['getEventsHistory']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/first-password': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Choose admin's password, with the link of the first start
     * @description The link is good for a day, once, and only while nobody has signed in as admin. Until then each start of the API shows another, unless ADMIN_PASSWORD is set.
     *
     *     The body has at most 16 KiB.
     *
     *     For anybody.
     */
    post: operations['postFirstPassword']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/health': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The API and every role behind it; 503 when the database is down or the first users are not made yet
     * @description For anybody.
     */
    get: operations['getHealth']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/health/live': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The process answers
     * @description For anybody.
     */
    get: operations['getHealthLive']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/health/ready': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The process can do its work: a user can sign in
     * @description For anybody.
     */
    get: operations['getHealthReady']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/jobs': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Every job, by name, when it runs next and how it went last
     * @description For every user.
     */
    get: operations['getJobs']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/jobs/{name}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * One job with its next scheduled times
     * @description For every user.
     */
    get: operations['getJobsByName']
    put?: never
    post?: never
    /**
     * Forget a job whose file is gone, with its runs, their logs and its slots
     * @description For admins.
     */
    delete: operations['deleteJobsByName']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/jobs/{name}/backfill': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Queue a run for every scheduled time in a range that has none; dry_run only lists them
     * @description They run one after another, oldest first (side by side where the job allows overlap). A range may hold up to 1,000 scheduled times.
     *
     *     For operators and admins.
     */
    post: operations['postJobsByNameBackfill']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/jobs/{name}/calendar': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * What became of its scheduled times, and of its other runs, by the day or the hour
     * @description By the clock of the job. A scheduled time whose run failed counts as failed.
     *
     *     For every user.
     */
    get: operations['getJobsByNameCalendar']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/jobs/{name}/cancel-queued': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Cancel every run of the job that waits
     * @description For operators and admins.
     */
    post: operations['postJobsByNameCancelQueued']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/jobs/{name}/pause': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Let its schedule start nothing until it is resumed
     * @description For admins.
     */
    post: operations['postJobsByNamePause']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/jobs/{name}/resume': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Let its schedule start runs again
     * @description For admins.
     */
    post: operations['postJobsByNameResume']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/jobs/{name}/runs': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Its runs, newest first
     * @description For every user.
     */
    get: operations['getJobsByNameRuns']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/jobs/{name}/slots': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Its scheduled times and what became of each, newest first
     * @description For every user.
     */
    get: operations['getJobsByNameSlots']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/jobs/{name}/trigger': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Start a run, under the overlap rule of the job
     * @description For operators and admins.
     */
    post: operations['postJobsByNameTrigger']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/kpis': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * How well the system did, with targets
     * @description Computed from what happened in the last hours. Uptime counts ticks of the probe (every 15 s) since the first on record: one at which nobody looked, because the machine, the jobs or the database were away, is not up.
     *
     *     For every user.
     */
    get: operations['getKpis']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/live': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * In which topics something has changed, as it happens (server-sent events)
     * @description One `changed` for what happens within a tenth of a second. The first comes at once and names every topic; with Last-Event-ID, as browsers send it, only those that have changed meanwhile, where this process knows it. The topics audit and users take the role admin. A comment every few seconds keeps it open; it ends with its session or the role, and after JWT_EXPIRES_S.
     *
     *     For every user.
     */
    get: operations['getLive']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/login': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Exchange a password for a session
     * @description Wrong passwords for a user count where they come from: at the device or the address that the user signed in from in the last 90 days; else at the network, /24 or /40. After five in a row the next attempt there waits: a second, then twice as long each time up to 15 minutes (429 too_many_attempts, Retry-After); after a hundred, 30 days. All unknown networks share, beyond the first two attempts of each, 50 attempts and four an hour for a user: somebody who guesses from many addresses keeps nobody out. A name that nobody has is counted alike. 503 busy: too many passwords are being checked at once.
     *
     *     With `cookie: true` the tokens come in HttpOnly, SameSite=Strict cookies instead of the body, and the session that the browser had in them ends. Requests with a cookie that change something must come from this site: `Sec-Fetch-Site: same-origin`, or for browsers without it an `Origin` that is this host; else 403 `origin_refused`. Another cookie, which opens nothing, makes the browser known for 90 days.
     *
     *     The body has at most 16 KiB.
     *
     *     For anybody.
     */
    post: operations['postLogin']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/logout': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * End this session at once, or with ?all=true every session of the user
     * @description Takes a session: an API key is refused.
     *
     *     For every user.
     */
    post: operations['postLogout']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/me': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Who is signed in
     * @description For every user.
     */
    get: operations['getMe']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/me/api-keys': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * List your API keys, newest first
     * @description Takes a session: an API key is refused.
     *
     *     For every user.
     */
    get: operations['getMeApiKeys']
    put?: never
    /**
     * Make an API key for a script
     * @description Asks for a sign-in or a code of the last 15 minutes (403 sign_in_again, code_required), and is told to its user by e-mail. The answer is the one place where the key can be read, so there is no Idempotency-Key here: a repeat is 409 api_key_name_taken. A user has at most 25 keys (409 api_keys_too_many). A key ends at `expires_at`, when it is deleted, and when an admin disables its user or resets their password or 2FA. It may do what its role may, never more than its user may at that moment, and nothing that is said to take a session. Its requests count against the limit of its user.
     *
     *     The body has at most 16 KiB.
     *
     *     Takes a session: an API key is refused.
     *
     *     For every user.
     */
    post: operations['postMeApiKeys']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/me/api-keys/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post?: never
    /**
     * End one of your API keys at once
     * @description Takes a session: an API key is refused.
     *
     *     For every user.
     */
    delete: operations['deleteMeApiKeysById']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/me/email': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    /**
     * Set the address where you are told of changes of your account, or null; the old one is told
     * @description Asks for a proof of the last 15 minutes that the user of the session is there: a sign-in, or, with a second factor, a code sent to POST /2fa/verify with the token of the session (403 code_required); without one, a new sign-in (403 sign_in_again).
     *
     *     Takes a session: an API key is refused.
     *
     *     For every user.
     */
    put: operations['putMeEmail']
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/me/password': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    /**
     * Change your own password; every other session of yours ends
     * @description The body has at most 16 KiB.
     *
     *     Takes a session: an API key is refused.
     *
     *     For every user.
     */
    put: operations['putMePassword']
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/me/sessions': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Your sessions, newest first
     * @description For every user.
     */
    get: operations['getMeSessions']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/me/sessions/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post?: never
    /**
     * End one of your sessions at once
     * @description Takes a session: an API key is refused.
     *
     *     For every user.
     */
    delete: operations['deleteMeSessionsById']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/metrics': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Figures as JSON, or as Prometheus text for a scraper
     * @description With METRICS_TOKEN; where that is not set for anybody, in production for this machine only.
     */
    get: operations['getMetrics']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/monitors': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Every monitor, by name, and how it does
     * @description What they ask is said by files of this installation alone.
     *
     *     For every user.
     */
    get: operations['getMonitors']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/monitors/{name}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * One monitor with its uptime, its last hours and its last changes
     * @description For every user.
     */
    get: operations['getMonitorsByName']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/orders/consumer': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Whether the consumer runs, or is paused by a storm of failures
     * @description For every user.
     */
    get: operations['getOrdersConsumer']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/orders/consumer/resume': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Decide about the storm, and let the consumer go on
     * @description For operators and admins.
     */
    post: operations['postOrdersConsumerResume']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/orders/dead': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Messages of orders that will not be tried again by themselves, newest first
     * @description For every user.
     */
    get: operations['getOrdersDead']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/orders/dead/replay': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Replay dead orders, all or those that are named; POST /replays can do more
     * @description For operators and admins.
     */
    post: operations['postOrdersDeadReplay']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/orders/flow': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Whether all that was sent is accounted for
     * @description For every user.
     */
    get: operations['getOrdersFlow']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/orders/messages': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Messages by what has become of them
     * @description Newest first; those that are pending in the order in which they will be sent. Pending and waiting ones come system by system; a page of waiting ones may be short, or empty, and still name the next.
     *
     *     For every user.
     */
    get: operations['getOrdersMessages']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/orders/messages/{message_id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The journey of a message: its row, its publication, every attempt, what became of it
     * @description For every user.
     */
    get: operations['getOrdersMessagesByMessageId']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/orders/messages/{message_id}/retry-now': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Give a message that waits for its delay its next attempt now
     * @description For operators and admins.
     */
    post: operations['postOrdersMessagesByMessageIdRetryNow']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/orders/output': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Orders in the output database, newest first
     * @description For every user.
     */
    get: operations['getOrdersOutput']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/people': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * People that the consumer users has stored, by name
     * @description A projection of the table of records (`tb_usuarios`), which has each person as the topic had it. Messages that are no person are dead letters of the source `people`.
     *
     *     For every user.
     */
    get: operations['getPeople']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/people/consumer': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Whether the consumer users runs, or is paused by a storm of failures
     * @description For every user.
     */
    get: operations['getPeopleConsumer']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/people/consumer/resume': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Decide about the storm, and let the consumer users go on
     * @description For operators and admins.
     */
    post: operations['postPeopleConsumerResume']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/ping/{token}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * A job is done
     * @description It is recorded when it is answered. For crontabs: `curl -fsS -m 10 --retry 5 -o /dev/null URL`; HEAD and GET count as POST does.
     *
     *     For anybody.
     */
    get: operations['getPingByToken']
    put?: never
    /**
     * A job is done, with what it said
     * @description It is recorded when it is answered. For crontabs: `curl -fsS -m 10 --retry 5 -o /dev/null URL`; HEAD and GET count as POST does.
     *
     *     For anybody.
     */
    post: operations['postPingByToken']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/ping/{token}/fail': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * A job has failed
     * @description It is recorded when it is answered. For crontabs: `curl -fsS -m 10 --retry 5 -o /dev/null URL`; HEAD and GET count as POST does.
     *
     *     For anybody.
     */
    get: operations['getPingByTokenFail']
    put?: never
    /**
     * A job has failed, with what it said
     * @description It is recorded when it is answered. For crontabs: `curl -fsS -m 10 --retry 5 -o /dev/null URL`; HEAD and GET count as POST does.
     *
     *     For anybody.
     */
    post: operations['postPingByTokenFail']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/ping/{token}/start': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * A job begins: it is to say within its grace that it is done
     * @description It is recorded when it is answered. For crontabs: `curl -fsS -m 10 --retry 5 -o /dev/null URL`; HEAD and GET count as POST does.
     *
     *     For anybody.
     */
    get: operations['getPingByTokenStart']
    put?: never
    /**
     * A job begins: it is to say within its grace that it is done, with what it said
     * @description It is recorded when it is answered. For crontabs: `curl -fsS -m 10 --retry 5 -o /dev/null URL`; HEAD and GET count as POST does.
     *
     *     For anybody.
     */
    post: operations['postPingByTokenStart']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/replays': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Replays of dead letters, newest first
     * @description For every user.
     */
    get: operations['getReplays']
    put?: never
    /**
     * Send dead letters to their source again, and follow each to its end
     * @description What it selects is fixed when it starts. The canary goes alone; the rest follows at the rate when all of the canary succeeded, otherwise the replay pauses. A letter is in one replay at a time.
     *
     *     For operators and admins.
     */
    post: operations['postReplays']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/replays/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * How far a replay is
     * @description For every user.
     */
    get: operations['getReplaysById']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/replays/{id}/cancel': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Undo what is not sent yet: those letters are dead as before
     * @description For operators and admins.
     */
    post: operations['postReplaysByIdCancel']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/replays/{id}/letters': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The letters of a replay in the order in which they go, and what became of each
     * @description For every user.
     */
    get: operations['getReplaysByIdLetters']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/replays/{id}/pause': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Send nothing more for now
     * @description For operators and admins.
     */
    post: operations['postReplaysByIdPause']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/replays/{id}/resume': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Go on; after a canary that failed, with all the rest
     * @description For operators and admins.
     */
    post: operations['postReplaysByIdResume']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/runs': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The runs of all jobs, newest first
     * @description For every user.
     */
    get: operations['getRuns']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/runs/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * One run with its attempts
     * @description For every user.
     */
    get: operations['getRunsById']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/runs/{id}/cancel': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Cancel a run
     * @description 200: it is cancelled. 202: it runs, and its worker was told; it is cancelled when it has ended, or when its worker has not been heard of for JOBS_LEASE_S.
     *
     *     For operators and admins.
     */
    post: operations['postRunsByIdCancel']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/runs/{id}/logs': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * What a run said, oldest first; with ?follow=1 as it says it
     * @description Server-sent events: one `log` per line, with its id, then `end` with the run as it ended, and the stream closes. A comment every few seconds keeps it open. It also ends with its session, and after JWT_EXPIRES_S: come again with Last-Event-ID, as browsers do.
     *
     *     For every user.
     */
    get: operations['getRunsByIdLogs']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/runs/{id}/retry': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Queue a run that failed or was cancelled again, as its next attempt
     * @description For operators and admins.
     */
    post: operations['postRunsByIdRetry']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/silences': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Silences, the last to end first
     * @description For every user.
     */
    get: operations['getSilences']
    put?: never
    /**
     * Record alerts without telling of them, until it ends
     * @description What still fires when it ends is told then. An alert that was told before is told when it is over.
     *
     *     For admins.
     */
    post: operations['postSilences']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/silences/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post?: never
    /**
     * End a silence now
     * @description For admins.
     */
    delete: operations['deleteSilencesById']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/streams': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Topics, the groups that read them, how far behind these are, and when they will not be
     * @description Lag in messages and in time, per partition, as it is now; its trend and the time to clear it by what the probe (every 15 s) has on record. At most 100 topics and 100 groups, ours first.
     *
     *     For every user.
     */
    get: operations['getStreams']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/system': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Versions, engines, programs, disk, backups and migrations
     * @description No address has a user, a password or a parameter in it. The version of an engine beside the database is null until it has been asked, at most once an hour.
     *
     *     For operators and admins.
     */
    get: operations['getSystem']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/system/settings': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The settings of the programs that are at work, and where each comes from
     * @description A secret has no value here, nor has a URL a user or a parameter.
     *
     *     For admins.
     */
    get: operations['getSystemSettings']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/systems/{system}/messages': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * What would be sent; nothing is
     * @description For every user.
     */
    post: operations['postSystemsBySystemMessages']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/systems/{system}/orders': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The rows of a system, and what has become of each
     * @description For every user.
     */
    get: operations['getSystemsBySystemOrders']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/systems/{system}/orders/fill': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Add rows of packaging as a shop orders it
     * @description For operators and admins.
     */
    post: operations['postSystemsBySystemOrdersFill']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/systems/{system}/send': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Send every row that is not sent yet; answers when the broker has confirmed all of them
     * @description Two at once share the rows. Where it fails in the middle, the next one sends the rest; a message that the broker has twice then is handled once.
     *
     *     For operators and admins.
     */
    post: operations['postSystemsBySystemSend']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/token/refresh': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Exchange a refresh token for the next access and refresh token
     * @description A refresh token works once and ends with its session, 30 days after sign-in. Sent again within ten seconds it gets the same next refresh token, so that two tabs or a lost answer do no harm; sent again later, it ends the session.
     *
     *     The body has at most 16 KiB.
     *
     *     For anybody.
     */
    post: operations['postTokenRefresh']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/users': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * List and filter users by name
     * @description For admins.
     */
    get: operations['getUsers']
    put?: never
    /**
     * Create a user, who changes the password at the first sign-in
     * @description Until its user has changed a password that somebody else chose (PUT /me/password), nothing else is allowed: 403 password_change_required.
     *
     *     Asks for a proof of the last 15 minutes that the user of the session is there: a sign-in, or, with a second factor, a code sent to POST /2fa/verify with the token of the session (403 code_required); without one, a new sign-in (403 sign_in_again).
     *
     *     Takes a session: an API key is refused.
     *
     *     For admins.
     */
    post: operations['postUsers']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/users/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Read a user
     * @description For admins.
     */
    get: operations['getUsersById']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    /**
     * Change another's role, password or e-mail, disable, enable, unlock, reset 2FA; 412 when If-Match has an older ETag
     * @description The user is told by e-mail where an address is set, of a new one at the old. One's own account is changed under /me alone (403 own_account). A new role counts from the next request; a new password, a reset of 2FA and disabling end every session and API key of the user. The last enabled admin can be neither disabled nor given another role (409 last_admin).
     *
     *     Until its user has changed a password that somebody else chose (PUT /me/password), nothing else is allowed: 403 password_change_required.
     *
     *     Asks for a proof of the last 15 minutes that the user of the session is there: a sign-in, or, with a second factor, a code sent to POST /2fa/verify with the token of the session (403 code_required); without one, a new sign-in (403 sign_in_again).
     *
     *     Takes a session: an API key is refused.
     *
     *     For admins.
     */
    patch: operations['patchUsersById']
    trace?: never
  }
  '/users/{id}/api-keys': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * List a user's API keys, newest first
     * @description For admins.
     */
    get: operations['getUsersByIdApiKeys']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/users/{id}/api-keys/{key_id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post?: never
    /**
     * End an API key of a user at once
     * @description Takes a session: an API key is refused.
     *
     *     For admins.
     */
    delete: operations['deleteUsersByIdApiKeysByKeyId']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/users/{id}/sessions': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * A user's sessions, newest first
     * @description For admins.
     */
    get: operations['getUsersByIdSessions']
    put?: never
    post?: never
    /**
     * End every session of a user at once
     * @description Takes a session: an API key is refused.
     *
     *     For admins.
     */
    delete: operations['deleteUsersByIdSessions']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/users/{id}/sessions/{sid}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post?: never
    /**
     * End a session of a user at once
     * @description Takes a session: an API key is refused.
     *
     *     For admins.
     */
    delete: operations['deleteUsersByIdSessionsBySid']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/webhook/airflow': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Start a job by name, with a token or signed with WEBHOOK_SECRET
     * @description Signed: X-Timestamp in Unix seconds, within 300 s of now, and X-Signature-256: sha256= and the HMAC-SHA256, in hexadecimal, of the timestamp, a dot and the body. A repeated event_id answers with the run of the first time.
     *
     *     For operators and admins, or with a signature.
     */
    post: operations['postWebhookAirflow']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
}
export type webhooks = Record<string, never>
export interface components {
  schemas: {
    /**
     * AcceptedEvents
     * @example {
     *       "accepted": 1,
     *       "event_ids": [
     *         "01a1fc6d-ba26-771a-b067-b72d1b4570e8"
     *       ]
     *     }
     */
    AcceptedEvents: {
      accepted: number
      /** @description In the order of the body. */
      event_ids: string[]
    }
    /**
     * Acknowledgement
     * @example {
     *       "note": "The provider is at it."
     *     }
     * @example {}
     */
    Acknowledgement: {
      /** @description What you know of it, or are doing about it. */
      note?: string
    }
    /**
     * Alert
     * @example {
     *       "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *       "name": "JOB_FAILED",
     *       "rule": "JOB_FAILED",
     *       "title": "the job process_data failed",
     *       "subject": "process_data",
     *       "severity": "ERROR",
     *       "state": "firing",
     *       "detail": "The API has not answered within 30 s.",
     *       "failures": 1,
     *       "opened_at": "2026-11-20T05:00:31.000Z",
     *       "last_failed_at": "2026-11-20T05:00:31.000Z",
     *       "fired_at": "2026-11-20T05:00:31.000Z",
     *       "resolved_at": null,
     *       "acknowledged_at": null,
     *       "acknowledged_by": null,
     *       "acknowledged_note": null,
     *       "caused_by": null,
     *       "flapping_at": null,
     *       "steady_at": null,
     *       "silenced": false
     *     }
     */
    Alert: {
      acknowledged_at: string | null
      acknowledged_by: string | null
      acknowledged_note: string | null
      caused_by: string | null
      /** @description The last failure in words. */
      detail: string
      /** @description In a row. */
      failures: number
      fired_at: string | null
      flapping_at: string | null
      /** Format: uuid */
      id: string
      /** Format: date-time */
      last_failed_at: string
      /** @description The rule, or the name under which whoever caused it knows it. */
      name: string
      /** Format: date-time */
      opened_at: string
      resolved_at: string | null
      rule: string
      /** @enum {string} */
      severity: 'INFO' | 'WARNING' | 'ERROR' | 'CRITICAL'
      /** @description It lasts, and a silence keeps it from being told. */
      silenced: boolean
      /** @enum {string} */
      state: 'pending' | 'firing' | 'resolved'
      steady_at: string | null
      /** @description What it is about: a job, an engine, a machine. */
      subject: string
      /** @description What is wrong, in words. */
      title: string
    }
    /**
     * AlertDetails
     * @example {
     *       "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *       "name": "JOB_FAILED",
     *       "rule": "JOB_FAILED",
     *       "title": "the job process_data failed",
     *       "subject": "process_data",
     *       "severity": "ERROR",
     *       "state": "firing",
     *       "detail": "The API has not answered within 30 s.",
     *       "failures": 1,
     *       "opened_at": "2026-11-20T05:00:31.000Z",
     *       "last_failed_at": "2026-11-20T05:00:31.000Z",
     *       "fired_at": "2026-11-20T05:00:31.000Z",
     *       "resolved_at": null,
     *       "acknowledged_at": null,
     *       "acknowledged_by": null,
     *       "acknowledged_note": null,
     *       "caused_by": null,
     *       "flapping_at": null,
     *       "steady_at": null,
     *       "silenced": false,
     *       "advice": "Read the run's log, repair the cause, and repeat the run with `bun run jobs retry` and its id.",
     *       "command": "bun run jobs show 01a1fc6d-ba26-771a-b067-b72d1b4570e9",
     *       "path": "/runs/01a1fc6d-ba26-771a-b067-b72d1b4570e9",
     *       "notifications": [
     *         {
     *           "channel": "slack",
     *           "kind": "firing",
     *           "created_at": "2026-11-20T05:00:31.000Z",
     *           "attempts": 1,
     *           "sent_at": "2026-11-20T05:00:32.000Z",
     *           "dead_at": null,
     *           "last_error": null
     *         }
     *       ]
     *     }
     */
    AlertDetails: {
      acknowledged_at: string | null
      acknowledged_by: string | null
      acknowledged_note: string | null
      /** @description What to do next. */
      advice: string
      caused_by: string | null
      /** @description Shows more of it, on the machine. */
      command: string
      /** @description The last failure in words. */
      detail: string
      /** @description In a row. */
      failures: number
      fired_at: string | null
      flapping_at: string | null
      /** Format: uuid */
      id: string
      /** Format: date-time */
      last_failed_at: string
      /** @description The rule, or the name under which whoever caused it knows it. */
      name: string
      /** @description What was told where, in order. */
      notifications: {
        attempts: number
        channel: string
        /** Format: date-time */
        created_at: string
        dead_at: string | null
        /** @enum {string} */
        kind: 'firing' | 'reminder' | 'resolved' | 'flapping'
        last_error: string | null
        sent_at: string | null
      }[]
      /** Format: date-time */
      opened_at: string
      path: string | null
      resolved_at: string | null
      rule: string
      /** @enum {string} */
      severity: 'INFO' | 'WARNING' | 'ERROR' | 'CRITICAL'
      /** @description It lasts, and a silence keeps it from being told. */
      silenced: boolean
      /** @enum {string} */
      state: 'pending' | 'firing' | 'resolved'
      steady_at: string | null
      /** @description What it is about: a job, an engine, a machine. */
      subject: string
      /** @description What is wrong, in words. */
      title: string
    }
    /**
     * AlertPage
     * @example {
     *       "items": [
     *         {
     *           "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *           "name": "JOB_FAILED",
     *           "rule": "JOB_FAILED",
     *           "title": "the job process_data failed",
     *           "subject": "process_data",
     *           "severity": "ERROR",
     *           "state": "firing",
     *           "detail": "The API has not answered within 30 s.",
     *           "failures": 1,
     *           "opened_at": "2026-11-20T05:00:31.000Z",
     *           "last_failed_at": "2026-11-20T05:00:31.000Z",
     *           "fired_at": "2026-11-20T05:00:31.000Z",
     *           "resolved_at": null,
     *           "acknowledged_at": null,
     *           "acknowledged_by": null,
     *           "acknowledged_note": null,
     *           "caused_by": null,
     *           "flapping_at": null,
     *           "steady_at": null,
     *           "silenced": false
     *         }
     *       ],
     *       "next_cursor": null
     *     }
     */
    AlertPage: {
      items: components['schemas']['Alert'][]
      /** @description null on the last page. */
      next_cursor: string | null
    }
    /**
     * Alive
     * @example {
     *       "status": "ok"
     *     }
     */
    Alive: {
      /** @constant */
      status: 'ok'
    }
    /**
     * ApiKey
     * @example {
     *       "id": "01a1fc6d-ba26-771a-b067-b72d1b4570ea",
     *       "name": "stock import",
     *       "start": "doca_SudV",
     *       "role": "operator",
     *       "created_at": "2026-11-20T12:00:00.000Z",
     *       "expires_at": "2027-11-20T12:00:00.000Z",
     *       "last_used_at": null,
     *       "last_used_address": null
     *     }
     */
    ApiKey: {
      /** Format: date-time */
      created_at: string
      /**
       * Format: date-time
       * @description An ended key stays in the list for 30 days.
       */
      expires_at: string
      /** Format: uuid */
      id: string
      last_used_address: string | null
      last_used_at: string | null
      name: string
      /**
       * @description The most that it may do; never more than its user may.
       * @enum {string}
       */
      role: 'viewer' | 'operator' | 'admin'
      /** @description Its first characters, to know it by. */
      start: string
    }
    /**
     * ApiKeyPage
     * @example {
     *       "items": [
     *         {
     *           "id": "01a1fc6d-ba26-771a-b067-b72d1b4570ea",
     *           "name": "stock import",
     *           "start": "doca_SudV",
     *           "role": "operator",
     *           "created_at": "2026-11-20T12:00:00.000Z",
     *           "expires_at": "2027-11-20T12:00:00.000Z",
     *           "last_used_at": null,
     *           "last_used_address": null
     *         }
     *       ],
     *       "next_cursor": null
     *     }
     */
    ApiKeyPage: {
      items: components['schemas']['ApiKey'][]
      /** @description null on the last page. */
      next_cursor: string | null
    }
    /**
     * AuditEntry
     * @example {
     *       "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *       "at": "2026-11-20T09:30:00.000Z",
     *       "actor_id": "01a1fc6d-ba26-771a-b067-b72d1b4570e9",
     *       "actor_name": "admin",
     *       "api_key_id": null,
     *       "action": "user.created",
     *       "target": "maria",
     *       "address": "192.0.2.7",
     *       "request_id": "01a1fc6d-ba26-771a-b067-b72d1b4570ea",
     *       "details": {
     *         "role": "operator"
     *       }
     *     }
     */
    AuditEntry: {
      action: string
      /** @description null for somebody who is not signed in. */
      actor_id: string | null
      actor_name: string | null
      /** @description From where; null for the command line. */
      address: string | null
      /** @description The API key that it was done with; null for a session. */
      api_key_id: string | null
      /** Format: date-time */
      at: string
      /** @description Of a change of an item its id and fields, `before` and `after`; of a file its size and SHA-256. */
      details: {
        [key: string]: unknown
      }
      /** Format: uuid */
      id: string
      /** @description The id of the request in the logs. */
      request_id: string | null
      /** @description Name of what it happened to: a user, a job, the sku of an item, a file. */
      target: string | null
    }
    /**
     * AuditEntryPage
     * @example {
     *       "items": [
     *         {
     *           "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *           "at": "2026-11-20T09:30:00.000Z",
     *           "actor_id": "01a1fc6d-ba26-771a-b067-b72d1b4570e9",
     *           "actor_name": "admin",
     *           "api_key_id": null,
     *           "action": "user.created",
     *           "target": "maria",
     *           "address": "192.0.2.7",
     *           "request_id": "01a1fc6d-ba26-771a-b067-b72d1b4570ea",
     *           "details": {
     *             "role": "operator"
     *           }
     *         }
     *       ],
     *       "next_cursor": null
     *     }
     */
    AuditEntryPage: {
      items: components['schemas']['AuditEntry'][]
      /** @description null on the last page. */
      next_cursor: string | null
    }
    /**
     * Backfill
     * @example {
     *       "job": "process_data",
     *       "dry_run": true,
     *       "slots": [
     *         {
     *           "slot": "2026-01-01T05:00:00.000Z",
     *           "run_id": null
     *         }
     *       ]
     *     }
     */
    Backfill: {
      dry_run: boolean
      job: string
      /** @description Those that had no run, oldest first; run_id is null in a dry run. */
      slots: {
        run_id: string | null
        /** Format: date-time */
        slot: string
      }[]
    }
    /**
     * BackfillRange
     * @example {
     *       "from": "2026-01-01T00:00:00Z",
     *       "to": "2026-01-02T00:00:00Z",
     *       "dry_run": true
     *     }
     */
    BackfillRange: {
      /** @description Handed to each of the runs as its conf. */
      conf?: {
        [key: string]: unknown
      }
      /**
       * @description true: only say which slots would get a run.
       * @default false
       */
      dry_run: boolean
      /**
       * Format: date-time
       * @description The first scheduled time that counts.
       * @example 2026-11-20T12:00:00Z
       */
      from: string
      /**
       * Format: date-time
       * @description The last; times yet to come are left to the schedule.
       * @example 2026-11-20T12:00:00Z
       */
      to: string
    }
    /**
     * BucketNoticed
     * @example {
     *       "announced": 1
     *     }
     */
    BucketNoticed: {
      /** @description Workbooks below uploads/ that are there, and that a poller is told of. */
      announced: number
    }
    /**
     * BucketNotification
     * @example {
     *       "Records": [
     *         {
     *           "s3": {
     *             "object": {
     *               "key": "uploads/Vendas+de+mar%C3%A7o.xlsx"
     *             }
     *           }
     *         }
     *       ]
     *     }
     * @example {
     *       "detail": {
     *         "object": {
     *           "key": "uploads/Vendas de março.xlsx"
     *         }
     *       }
     *     }
     */
    BucketNotification: {
      /** @description Of EventBridge. */
      detail?: {
        object: {
          /** @description Of the object, as it is. */
          key: string
        }
      }
      /** @description Of S3 and MinIO; missing in the message with which S3 tries whether anybody listens. */
      Records?: {
        s3: {
          object: {
            /** @description Of the object, URL-encoded. */
            key: string
          }
        }
      }[]
    } & {
      [key: string]: unknown
    }
    /**
     * CancelledRuns
     * @example {
     *       "count": 1,
     *       "run_ids": [
     *         "01a1fc6d-ba26-771a-b067-b72d1b4570e8"
     *       ]
     *     }
     */
    CancelledRuns: {
      /** @description How many waited, and are cancelled. */
      count: number
      /** @description The oldest first. */
      run_ids: string[]
    }
    /**
     * Challenge
     * @example {
     *       "requires_2fa": true,
     *       "challenge": "Zx81kQ5rN2vB7mT4yW9cL6pJ3hD0sG8f",
     *       "expires_in": 300
     *     }
     */
    Challenge: {
      /** @description For POST /2fa/verify, together with a code. */
      challenge: string
      /** @description Seconds that the challenge lives. */
      expires_in: number
      /** @constant */
      requires_2fa: true
    }
    /**
     * Chart
     * @example {
     *       "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *       "source_key": "uploads/vendas.xlsx",
     *       "state": "drawn",
     *       "output_key": "graficos/vendas",
     *       "error_code": null,
     *       "error": null,
     *       "found_at": "2026-11-20T09:30:00.000Z",
     *       "finished_at": "2026-11-20T09:30:02.000Z"
     *     }
     */
    Chart: {
      /** @description What the owner of the workbook can change. */
      error: string | null
      /** @description Why it was not drawn, for programs. */
      error_code: string | null
      finished_at: string | null
      /** Format: date-time */
      found_at: string
      /** Format: uuid */
      id: string
      /** @description Object key of the pictures, without suffix. */
      output_key: string | null
      /** @description Object key of the workbook. */
      source_key: string
      /** @enum {string} */
      state: 'waiting' | 'drawing' | 'drawn' | 'failed'
    }
    /**
     * ChartPage
     * @example {
     *       "items": [
     *         {
     *           "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *           "source_key": "uploads/vendas.xlsx",
     *           "state": "drawn",
     *           "output_key": "graficos/vendas",
     *           "error_code": null,
     *           "error": null,
     *           "found_at": "2026-11-20T09:30:00.000Z",
     *           "finished_at": "2026-11-20T09:30:02.000Z"
     *         }
     *       ],
     *       "next_cursor": null
     *     }
     */
    ChartPage: {
      items: components['schemas']['Chart'][]
      /** @description null on the last page. */
      next_cursor: string | null
    }
    /**
     * Code
     * @example {
     *       "code": "123456",
     *       "challenge": "Zx81kQ5rN2vB7mT4yW9cL6pJ3hD0sG8f"
     *     }
     * @example {
     *       "code": "123456"
     *     }
     */
    Code: {
      /** @description From POST /login; left out, the code ends an enrolment, or proves that the user of the session is there. */
      challenge?: string
      /**
       * @description Six digits of the authenticator app, or a recovery code; blanks and hyphens do not matter.
       * @example 123456
       */
      code: string
    }
    /**
     * CodeAlone
     * @example {
     *       "code": "123456"
     *     }
     */
    CodeAlone: {
      /**
       * @description Six digits of the authenticator app, or a recovery code; blanks and hyphens do not matter.
       * @example 123456
       */
      code: string
    }
    /**
     * Consumer
     * @example {
     *       "state": "paused",
     *       "since": "2026-11-20T09:31:10.000Z",
     *       "reason": "version_unknown",
     *       "failed": 31,
     *       "of": 40,
     *       "sample": [
     *         {
     *           "message_id": "8a4e21c0-5b7f-4c1e-9a63-0d2f4b7c9e15",
     *           "detail": "The version \"2\" is not known; this consumer knows 1."
     *         }
     *       ],
     *       "decision": null,
     *       "decided_at": null,
     *       "decided_by": null
     *     }
     */
    Consumer: {
      decided_at: string | null
      decided_by: string | null
      decision: ('dead_letter' | 'retry') | null
      failed: number | null
      of: number | null
      reason: string | null
      /** @description Up to three of them. */
      sample: {
        detail: string
        message_id: string
      }[]
      since: string | null
      /**
       * @description paused: more than half of the last messages, of at least 20, failed with one reason that is not expected. Those in hand were put back, and no consumer takes any until somebody decides.
       * @enum {string}
       */
      state: 'running' | 'paused'
    }
    /**
     * CookieSession
     * @example {
     *       "token_type": "Cookie",
     *       "expires_in": 900
     *     }
     */
    CookieSession: {
      /** @description Seconds until POST /token/refresh is due. */
      expires_in: number
      /** @constant */
      token_type: 'Cookie'
    }
    /**
     * Credentials
     * @example {
     *       "username": "admin",
     *       "password": "the password printed at first start"
     *     }
     */
    Credentials: {
      /**
       * @description true: the session comes in HttpOnly cookies.
       * @default false
       */
      cookie: boolean
      password: string
      username: string
    }
    /**
     * DeadLetter
     * @example {
     *       "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *       "source": "orders",
     *       "step": "process",
     *       "reason": "attempts_spent",
     *       "message_id": "8a4e21c0-5b7f-4c1e-9a63-0d2f4b7c9e15",
     *       "replay": 0,
     *       "origin": "b",
     *       "attempts": 5,
     *       "detail": "Not done after 5 attempts; it needs 6.",
     *       "group": "5d41402a-bc4b-2a76-b971-9d911017c592",
     *       "state": "dead",
     *       "died_at": "2026-11-20T09:31:10.000Z",
     *       "left_at": null,
     *       "bin_until": null,
     *       "edited_from": null,
     *       "size_bytes": 182
     *     }
     */
    DeadLetter: {
      attempts: number
      bin_until: string | null
      detail: string
      /** Format: date-time */
      died_at: string
      edited_from: string | null
      /**
       * Format: uuid
       * @description Its group.
       */
      group: string
      /**
       * Format: uuid
       * @description Of the letter; its message may have others.
       */
      id: string
      left_at: string | null
      /** @description As the broker had it, where the message cannot be read. */
      message_id: string
      origin: string | null
      /** @description A stable code. */
      reason: string
      /** @description How often the message had been replayed before it died. */
      replay: number
      /** @description Of its body. */
      size_bytes: number
      /** @enum {string} */
      source: 'orders' | 'events' | 'people'
      /**
       * @description dead: it waits for somebody. replayed: its message was published again. purged: it is in the bin. replaced: an edited copy stands for it.
       * @enum {string}
       */
      state: 'dead' | 'replayed' | 'purged' | 'replaced'
      /** @description What failed, e.g. decode, process, queue. */
      step: string
    }
    /**
     * DeadLetterGroup
     * @example {
     *       "id": "5d41402a-bc4b-2a76-b971-9d911017c592",
     *       "source": "orders",
     *       "step": "process",
     *       "reason": "attempts_spent",
     *       "cause": "Not done after … attempts; it needs ….",
     *       "count": 412,
     *       "first_at": "2026-11-20T09:31:10.000Z",
     *       "last_at": "2026-11-20T11:02:54.000Z",
     *       "last_hour": 37,
     *       "note": "Orders without a security check; nothing to do.",
     *       "noted_by": "maria",
     *       "noted_at": "2026-11-20T10:00:00.000Z"
     *     }
     */
    DeadLetterGroup: {
      /** @description The detail with its ids, numbers and quoted texts blanked. */
      cause: string
      count: number
      /** Format: date-time */
      first_at: string
      /**
       * Format: uuid
       * @description Made of its source, step, reason and cause.
       */
      id: string
      /** Format: date-time */
      last_at: string
      /** @description How many of them died within the last hour. */
      last_hour: number
      note: string | null
      noted_at: string | null
      noted_by: string | null
      /** @description A stable code. */
      reason: string
      /** @enum {string} */
      source: 'orders' | 'events' | 'people'
      /** @description What failed, e.g. decode, process, queue. */
      step: string
    }
    /**
     * DeadLetterGroups
     * @example {
     *       "items": [
     *         {
     *           "id": "5d41402a-bc4b-2a76-b971-9d911017c592",
     *           "source": "orders",
     *           "step": "process",
     *           "reason": "attempts_spent",
     *           "cause": "Not done after … attempts; it needs ….",
     *           "count": 412,
     *           "first_at": "2026-11-20T09:31:10.000Z",
     *           "last_at": "2026-11-20T11:02:54.000Z",
     *           "last_hour": 37,
     *           "note": "Orders without a security check; nothing to do.",
     *           "noted_by": "maria",
     *           "noted_at": "2026-11-20T10:00:00.000Z"
     *         }
     *       ],
     *       "groups": 1,
     *       "letters": 412
     *     }
     */
    DeadLetterGroups: {
      /** @description How many groups there are, listed or not. */
      groups: number
      items: components['schemas']['DeadLetterGroup'][]
      /** @description How many letters these have. */
      letters: number
    }
    /**
     * DeadLetterNote
     * @example {
     *       "group_id": "5d41402a-bc4b-2a76-b971-9d911017c592",
     *       "note": "Orders without a security check; nothing to do.",
     *       "noted_by": "maria",
     *       "noted_at": "2026-11-20T10:00:00.000Z"
     *     }
     */
    DeadLetterNote: {
      /**
       * Format: uuid
       * @description Of the group.
       */
      group_id: string
      note: string | null
      noted_at: string | null
      noted_by: string | null
    }
    /**
     * DeadLetterPage
     * @example {
     *       "items": [
     *         {
     *           "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *           "source": "orders",
     *           "step": "process",
     *           "reason": "attempts_spent",
     *           "message_id": "8a4e21c0-5b7f-4c1e-9a63-0d2f4b7c9e15",
     *           "replay": 0,
     *           "origin": "b",
     *           "attempts": 5,
     *           "detail": "Not done after 5 attempts; it needs 6.",
     *           "group": "5d41402a-bc4b-2a76-b971-9d911017c592",
     *           "state": "dead",
     *           "died_at": "2026-11-20T09:31:10.000Z",
     *           "left_at": null,
     *           "bin_until": null,
     *           "edited_from": null,
     *           "size_bytes": 182
     *         }
     *       ],
     *       "next_cursor": null
     *     }
     */
    DeadLetterPage: {
      items: components['schemas']['DeadLetter'][]
      /** @description null on the last page. */
      next_cursor: string | null
    }
    /**
     * DeadOrder
     * @example {
     *       "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *       "message_id": "8a4e21c0-5b7f-4c1e-9a63-0d2f4b7c9e15",
     *       "origin": "b",
     *       "attempts": 5,
     *       "step": "process",
     *       "reason": "attempts_spent",
     *       "detail": "Not done after 5 attempts; it needs 6.",
     *       "died_at": "2026-11-20T09:31:10.000Z"
     *     }
     */
    DeadOrder: {
      attempts: number
      detail: string
      /** Format: date-time */
      died_at: string
      /**
       * Format: uuid
       * @description Of the dead letter.
       */
      id: string
      /** @description As the broker had it, where the message cannot be read. */
      message_id: string
      origin: string | null
      /** @description A stable code. */
      reason: string
      /** @description What failed: decode, process, or queue. */
      step: string
    }
    /**
     * DeadOrderPage
     * @example {
     *       "items": [
     *         {
     *           "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *           "message_id": "8a4e21c0-5b7f-4c1e-9a63-0d2f4b7c9e15",
     *           "origin": "b",
     *           "attempts": 5,
     *           "step": "process",
     *           "reason": "attempts_spent",
     *           "detail": "Not done after 5 attempts; it needs 6.",
     *           "died_at": "2026-11-20T09:31:10.000Z"
     *         }
     *       ],
     *       "next_cursor": null
     *     }
     */
    DeadOrderPage: {
      items: components['schemas']['DeadOrder'][]
      /** @description null on the last page. */
      next_cursor: string | null
    }
    /**
     * EditDeadLetter
     * @example {
     *       "required_attempts": 2
     *     }
     * @example {
     *       "sku": "CX-0201-160x110x30-B"
     *     }
     */
    EditDeadLetter: {
      /** @description The e-mail address of a person. */
      email?: string
      /** @description One of sale, return, purchase, adjustment. */
      kind?: string
      /** @description Units; below 1 only for an adjustment. */
      quantity?: number
      /** @description The attempt on which it succeeds; one more than there are where security_check is false. */
      required_attempts?: number
      sku?: string
    }
    /**
     * Empty
     * @example {}
     */
    Empty: Record<string, unknown>
    /**
     * Enrolment
     * @example {
     *       "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
     *       "otpauth_url": "otpauth://totp/Doca:maria?issuer=Doca&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&algorithm=SHA1&digits=6&period=30",
     *       "qr_code": "data:image/png;base64,iVBORw0KGgo="
     *     }
     */
    Enrolment: {
      otpauth_url: string
      /** @description The URL as a QR code: a data URL with a PNG. */
      qr_code: string
      /** @description Base 32, to type where no QR code can be read. */
      secret: string
    }
    /**
     * Event
     * @example {
     *       "sku": "CX-0201-160x110x30-B",
     *       "kind": "sale",
     *       "quantity": 12,
     *       "data": {
     *         "order": "PED-1042"
     *       }
     *     }
     */
    Event: {
      /** @description Anything else worth keeping. */
      data?: {
        [key: string]: unknown
      }
      /** @description Made here when absent. */
      event_id?: string
      /** @enum {string} */
      kind: 'sale' | 'return' | 'purchase' | 'adjustment'
      /** @description RFC 3339; now when absent. */
      occurred_at?: string
      /** @description Units; below 1 only for an adjustment. */
      quantity: number
      sku: string
    }
    /**
     * Events
     * @example {
     *       "sku": "CX-0201-160x110x30-B",
     *       "kind": "sale",
     *       "quantity": 12,
     *       "data": {
     *         "order": "PED-1042"
     *       }
     *     }
     * @example [
     *       {
     *         "sku": "CX-0201-160x110x30-B",
     *         "kind": "sale",
     *         "quantity": 12,
     *         "data": {
     *           "order": "PED-1042"
     *         }
     *       }
     *     ]
     */
    Events: components['schemas']['Event'] | components['schemas']['Event'][]
    /**
     * FailedEvent
     * @example {
     *       "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *       "event_id": "01a1fc6d-ba26-771a-b067-b72d1b4570e9",
     *       "key": "CX-0999",
     *       "payload": "{\"event_id\":\"01a1fc6d-ba26-771a-b067-b72d1b4570e9\",\"sku\":\"CX-0999\",\"kind\":\"sale\",\"quantity\":1}",
     *       "encoding": "utf8",
     *       "payload_bytes": 94,
     *       "step": "enrich",
     *       "reason": "unknown_sku",
     *       "detail": "No packaging item has the sku \"CX-0999\".",
     *       "topic": "events",
     *       "partition": 2,
     *       "offset": 1042,
     *       "attempts": 1,
     *       "failed_at": "2026-11-20T09:31:10.000Z"
     *     }
     */
    FailedEvent: {
      /** @description Above 1 where it was replayed. */
      attempts: number
      detail: string
      /**
       * @description base64: the payload is no text in UTF-8.
       * @enum {string}
       */
      encoding: 'utf8' | 'base64'
      event_id: string | null
      /** Format: date-time */
      failed_at: string
      /**
       * Format: uuid
       * @description Of the dead letter.
       */
      id: string
      key: string | null
      offset: number | null
      partition: number | null
      /** @description Its first 4 KiB; GET /dead-letters/{id}/body has all of it. */
      payload: string
      /** @description Of all of it. */
      payload_bytes: number
      /** @description A stable code. */
      reason: string
      /** @description What failed: decode, validate, enrich, ledger, or history. */
      step: string
      topic: string | null
    }
    /**
     * FailedEventPage
     * @example {
     *       "items": [
     *         {
     *           "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *           "event_id": "01a1fc6d-ba26-771a-b067-b72d1b4570e9",
     *           "key": "CX-0999",
     *           "payload": "{\"event_id\":\"01a1fc6d-ba26-771a-b067-b72d1b4570e9\",\"sku\":\"CX-0999\",\"kind\":\"sale\",\"quantity\":1}",
     *           "encoding": "utf8",
     *           "payload_bytes": 94,
     *           "step": "enrich",
     *           "reason": "unknown_sku",
     *           "detail": "No packaging item has the sku \"CX-0999\".",
     *           "topic": "events",
     *           "partition": 2,
     *           "offset": 1042,
     *           "attempts": 1,
     *           "failed_at": "2026-11-20T09:31:10.000Z"
     *         }
     *       ],
     *       "next_cursor": null
     *     }
     */
    FailedEventPage: {
      items: components['schemas']['FailedEvent'][]
      /** @description null on the last page. */
      next_cursor: string | null
    }
    /**
     * FilledOrders
     * @example {
     *       "count": 1000,
     *       "from": 1,
     *       "to": 1000
     *     }
     */
    FilledOrders: {
      count: number
      /** @description Id of the first row. */
      from: number
      /** @description Of the last. */
      to: number
    }
    /**
     * FillOrders
     * @example {
     *       "count": 1000,
     *       "false_share": 0.2
     *     }
     */
    FillOrders: {
      /** @description Rows. */
      count: number
      /** @description The share with security_check FALSE; 0.2 when absent. */
      false_share?: number
    }
    /**
     * FirstPassword
     * @example {
     *       "token": "1796088000.q0Jd1mN8Yc2xkP4vZ7sT5wR3uH6bE9aFq0Jd1mN8Yc2",
     *       "new_password": "caderno azul e chuva fina",
     *       "cookie": true
     *     }
     */
    FirstPassword: {
      /**
       * @description true: the session comes in HttpOnly cookies.
       * @default false
       */
      cookie: boolean
      /** @description 12 to 256 Unicode characters, of any kind, not only blanks (422 password_blank), and not easily guessed (422 password_common). */
      new_password: string
      /** @description What stands behind # in the link of the first start. */
      token: string
    }
    /**
     * Health
     * @description One entry per role, `writes` (whether the database takes any), and the programs. `degraded`: a role is away, the database takes no writes, a program is silent, or a consumer is paused.
     * @example {
     *       "status": "ok",
     *       "timestamp": "2026-11-20T09:30:00.000Z",
     *       "version": "0.1.0",
     *       "api": {
     *         "status": "ok",
     *         "latency_ms": 0.8
     *       },
     *       "database": {
     *         "status": "ok",
     *         "latency_ms": 0.8
     *       },
     *       "cache": {
     *         "status": "ok",
     *         "latency_ms": 0.8
     *       },
     *       "programs": [
     *         {
     *           "program": "jobs",
     *           "status": "ok",
     *           "at_work": 1
     *         }
     *       ],
     *       "paused": []
     *     }
     */
    Health: {
      api: components['schemas']['HealthCheck']
      database: components['schemas']['HealthCheck']
      /** @description Consumers that a storm of failures has paused, until somebody decides, e.g. POST /orders/consumer/resume. */
      paused: components['schemas']['PausedConsumer'][]
      /** @description Programs that were started and not stopped. */
      programs: components['schemas']['ProgramHealth'][]
      /** @enum {string} */
      status: 'ok' | 'degraded' | 'starting' | 'down'
      /** Format: date-time */
      timestamp: string
      version: string
    } & {
      [key: string]: components['schemas']['HealthCheck']
    }
    /** HealthCheck */
    HealthCheck: {
      latency_ms: number
      /** @enum {string} */
      status: 'ok' | 'down'
    }
    /**
     * HistoryEvent
     * @example {
     *       "event_id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *       "sku": "CX-0201",
     *       "kind": "sale",
     *       "quantity": 12,
     *       "occurred_at": "2026-11-20T09:30:00.000Z",
     *       "data": {
     *         "order": "PED-1042"
     *       },
     *       "packaging": {
     *         "name": "Caixa maleta 160×110×30 mm",
     *         "material": "paper"
     *       },
     *       "trace_id": "01a1fc6d-ba26-771a-b067-b72d1b4570e9"
     *     }
     */
    HistoryEvent: {
      data: {
        [key: string]: unknown
      }
      /** Format: uuid */
      event_id: string
      kind: string
      /** Format: date-time */
      occurred_at: string
      packaging: {
        [key: string]: unknown
      } | null
      quantity: number
      sku: string
      /** @description Of the trace of the POST that brought it; without tracing its request_id. */
      trace_id: string
    } & {
      [key: string]: unknown
    }
    /**
     * HistoryEventPage
     * @example {
     *       "items": [
     *         {
     *           "event_id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *           "sku": "CX-0201",
     *           "kind": "sale",
     *           "quantity": 12,
     *           "occurred_at": "2026-11-20T09:30:00.000Z",
     *           "data": {
     *             "order": "PED-1042"
     *           },
     *           "packaging": {
     *             "name": "Caixa maleta 160×110×30 mm",
     *             "material": "paper"
     *           },
     *           "trace_id": "01a1fc6d-ba26-771a-b067-b72d1b4570e9"
     *         }
     *       ],
     *       "next_cursor": null
     *     }
     */
    HistoryEventPage: {
      items: components['schemas']['HistoryEvent'][]
      /** @description null on the last page. */
      next_cursor: string | null
    }
    /**
     * ImportChange
     * @example {
     *       "sku": "CX-0201",
     *       "name": "Caixa maleta",
     *       "before": {
     *         "stock": 1200
     *       },
     *       "after": {
     *         "stock": 940
     *       }
     *     }
     */
    ImportChange: {
      after: {
        [key: string]: unknown
      }
      /** @description The fields that differ; null for a new item. */
      before: {
        [key: string]: unknown
      } | null
      name: string
      sku: string
    }
    /**
     * ImportResult
     * @example {
     *       "created": 12,
     *       "updated": 3,
     *       "unchanged": 985
     *     }
     */
    ImportResult: {
      /** @description With dry_run alone: the first 100 new items, and as many changed ones. */
      changes?: components['schemas']['ImportChange'][]
      created: number
      /** @description Items that are as the file has them already. */
      unchanged: number
      updated: number
    }
    /**
     * Job
     * @example {
     *       "name": "process_data",
     *       "schedule": "0 2 * * *",
     *       "timezone": "America/Sao_Paulo",
     *       "after": null,
     *       "overlap": "skip",
     *       "calendar": "BR-SP",
     *       "pool": null,
     *       "pool_limit": null,
     *       "paused_at": null,
     *       "pause_reason": null,
     *       "next_slot": "2026-11-21T05:00:00.000Z",
     *       "seen_at": "2026-11-20T09:30:00.000Z",
     *       "gone_at": null,
     *       "problem": null,
     *       "last_run": {
     *         "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *         "state": "succeeded",
     *         "at": "2026-11-20T05:00:00.000Z"
     *       },
     *       "queued": 0,
     *       "running": 0,
     *       "recent_runs": [
     *         {
     *           "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *           "state": "succeeded",
     *           "at": "2026-11-20T05:00:00.000Z",
     *           "took_ms": 2900
     *         }
     *       ]
     *     }
     */
    Job: {
      after: string[] | null
      calendar: string | null
      gone_at: string | null
      last_run: {
        /** Format: date-time */
        at: string
        /** Format: uuid */
        id: string
        /** @enum {string} */
        state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'
      } | null
      name: string
      next_slot: string | null
      /** @enum {string} */
      overlap: 'skip' | 'queue' | 'cancel_previous' | 'allow'
      pause_reason: string | null
      paused_at: string | null
      pool: string | null
      pool_limit: number | null
      problem: {
        at: {
          column: number
          file: string
          line: number
        } | null
        file: string
        sentence: string
      } | null
      /** @description Its runs that wait now. */
      queued: number
      /** @description Its last 20 runs, newest first. */
      recent_runs: {
        /**
         * Format: date-time
         * @description When it started; while it waits, when it was queued.
         */
        at: string
        /** Format: uuid */
        id: string
        /** @enum {string} */
        state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'
        took_ms: number | null
      }[]
      /** @description And that run. */
      running: number
      schedule: string
      /**
       * Format: date-time
       * @description When a program last read its file new or changed.
       */
      seen_at: string
      timezone: string
    }
    /**
     * JobCalendar
     * @example {
     *       "timezone": "America/Sao_Paulo",
     *       "by": "day",
     *       "today": "2026-11-20",
     *       "cells": [
     *         {
     *           "local": "2026-11-20",
     *           "from": "2026-11-20T03:00:00.000Z",
     *           "to": "2026-11-21T03:00:00.000Z",
     *           "outcomes": {
     *             "ran": 1
     *           },
     *           "run_id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8"
     *         }
     *       ]
     *     }
     */
    JobCalendar: {
      /** @enum {string} */
      by: 'day' | 'hour'
      /** @description Those in which something was scheduled or ran, oldest first. */
      cells: {
        /** Format: date-time */
        from: string
        /** @description The day, or the hour as 2026-11-20T05, by the clock of the job. */
        local: string
        /** @description How many scheduled times, and runs without one, came to what: queued, ran, late, caught_up, skipped, missed, paused, cancelled, backfilled, holiday, failed, running. */
        outcomes: {
          [key: string]: number
        }
        run_id: string | null
        /** Format: date-time */
        to: string
      }[]
      timezone: string
      /**
       * @description The day by the clock of the job.
       * @example 2026-11-20
       */
      today: string
    }
    /**
     * JobDetails
     * @example {
     *       "name": "process_data",
     *       "schedule": "0 2 * * *",
     *       "timezone": "America/Sao_Paulo",
     *       "after": null,
     *       "overlap": "skip",
     *       "calendar": "BR-SP",
     *       "pool": null,
     *       "pool_limit": null,
     *       "paused_at": null,
     *       "pause_reason": null,
     *       "next_slot": "2026-11-21T05:00:00.000Z",
     *       "seen_at": "2026-11-20T09:30:00.000Z",
     *       "gone_at": null,
     *       "problem": null,
     *       "last_run": {
     *         "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *         "state": "succeeded",
     *         "at": "2026-11-20T05:00:00.000Z"
     *       },
     *       "queued": 0,
     *       "running": 0,
     *       "recent_runs": [
     *         {
     *           "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *           "state": "succeeded",
     *           "at": "2026-11-20T05:00:00.000Z",
     *           "took_ms": 2900
     *         }
     *       ],
     *       "conf_schema": null,
     *       "next": [
     *         {
     *           "slot": "2026-11-21T05:00:00.000Z",
     *           "local": "2026-11-21T02:00:00-03:00",
     *           "note": null
     *         }
     *       ],
     *       "holidays": [
     *         {
     *           "day": "2026-12-25",
     *           "name": "Christmas Day"
     *         }
     *       ]
     *     }
     */
    JobDetails: {
      after: string[] | null
      calendar: string | null
      conf_schema: {
        [key: string]: unknown
      } | null
      gone_at: string | null
      /** @description The next of its calendar. */
      holidays: {
        /** @example 2026-12-25 */
        day: string
        name: string
      }[]
      last_run: {
        /** Format: date-time */
        at: string
        /** Format: uuid */
        id: string
        /** @enum {string} */
        state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'
      } | null
      name: string
      next: {
        /** @description The same in the zone of the job, with its offset. */
        local: string
        note: string | null
        /** Format: date-time */
        slot: string
      }[]
      next_slot: string | null
      /** @enum {string} */
      overlap: 'skip' | 'queue' | 'cancel_previous' | 'allow'
      pause_reason: string | null
      paused_at: string | null
      pool: string | null
      pool_limit: number | null
      problem: {
        at: {
          column: number
          file: string
          line: number
        } | null
        file: string
        sentence: string
      } | null
      /** @description Its runs that wait now. */
      queued: number
      /** @description Its last 20 runs, newest first. */
      recent_runs: {
        /**
         * Format: date-time
         * @description When it started; while it waits, when it was queued.
         */
        at: string
        /** Format: uuid */
        id: string
        /** @enum {string} */
        state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'
        took_ms: number | null
      }[]
      /** @description And that run. */
      running: number
      schedule: string
      /**
       * Format: date-time
       * @description When a program last read its file new or changed.
       */
      seen_at: string
      timezone: string
    }
    /**
     * JobPage
     * @example {
     *       "items": [
     *         {
     *           "name": "process_data",
     *           "schedule": "0 2 * * *",
     *           "timezone": "America/Sao_Paulo",
     *           "after": null,
     *           "overlap": "skip",
     *           "calendar": "BR-SP",
     *           "pool": null,
     *           "pool_limit": null,
     *           "paused_at": null,
     *           "pause_reason": null,
     *           "next_slot": "2026-11-21T05:00:00.000Z",
     *           "seen_at": "2026-11-20T09:30:00.000Z",
     *           "gone_at": null,
     *           "problem": null,
     *           "last_run": {
     *             "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *             "state": "succeeded",
     *             "at": "2026-11-20T05:00:00.000Z"
     *           },
     *           "queued": 0,
     *           "running": 0,
     *           "recent_runs": [
     *             {
     *               "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *               "state": "succeeded",
     *               "at": "2026-11-20T05:00:00.000Z",
     *               "took_ms": 2900
     *             }
     *           ]
     *         }
     *       ],
     *       "next_cursor": null
     *     }
     */
    JobPage: {
      items: components['schemas']['Job'][]
      /** @description null on the last page. */
      next_cursor: string | null
    }
    /**
     * JobPause
     * @example {
     *       "name": "process_data",
     *       "paused_at": "2026-11-20T09:30:00.000Z",
     *       "pause_reason": "The supplier migrates"
     *     }
     */
    JobPause: {
      name: string
      pause_reason: string | null
      paused_at: string | null
    }
    /** Kpi */
    Kpi: {
      /** @enum {string} */
      name: 'uptime' | 'latency' | 'errors' | 'job_success' | 'alert_response' | 'freshness'
      ok: boolean | null
      /** @description What samples is made of. */
      parts: {
        [key: string]: number
      }
      /** @description Why there is no value. */
      reason: string | null
      /** @description What it was computed from: ticks, answers, runs, alerts. */
      samples: number
      /** @description The same for each part of the time, oldest first; only with `points`. */
      series?: {
        /** Format: date-time */
        from: string
        ok: boolean | null
        parts: {
          [key: string]: number
        }
        samples: number
        /** Format: date-time */
        to: string
        value: number | null
      }[]
      /**
       * @description What of the samples the value is. A p95, which 95 % do not exceed, is exact to 10 %.
       * @enum {string}
       */
      statistic: 'share' | 'p95' | 'mean' | 'most'
      target: {
        /**
         * @description The side of value that is good.
         * @enum {string}
         */
        is: 'above' | 'below'
        value: number
      }
      /** @enum {string} */
      unit: '%' | 'ms' | 's'
      /** @description null where nothing has happened yet. */
      value: number | null
      window: {
        /** Format: date-time */
        from: string
        /** Format: date-time */
        to: string
      }
    }
    /**
     * Kpis
     * @example {
     *       "hours": 24,
     *       "items": [
     *         {
     *           "name": "uptime",
     *           "statistic": "share",
     *           "value": 99.98,
     *           "unit": "%",
     *           "target": {
     *             "is": "above",
     *             "value": 99.9
     *           },
     *           "ok": true,
     *           "window": {
     *             "from": "2026-11-19T09:30:00.000Z",
     *             "to": "2026-11-20T09:30:00.000Z"
     *           },
     *           "samples": 5760,
     *           "parts": {
     *             "up": 5759,
     *             "down": 1,
     *             "not_observed": 0
     *           },
     *           "reason": null
     *         }
     *       ]
     *     }
     */
    Kpis: {
      /** @description How far back it looked. */
      hours: number
      items: components['schemas']['Kpi'][]
    }
    /**
     * ListedOrderMessage
     * @example {
     *       "message_id": "8a4e21c0-5b7f-4c1e-9a63-0d2f4b7c9e15",
     *       "origin": "a",
     *       "order_id": 42,
     *       "product": "Caixa de papelão 300x200x150",
     *       "price": "1.97",
     *       "security_check": true,
     *       "required_attempts": 2,
     *       "status": "retrying",
     *       "replay": 0,
     *       "attempt": 1,
     *       "begun_at": "2026-11-20T09:31:00.100Z",
     *       "error": "Attempt 1 of the 2 that it needs.",
     *       "next_attempt_at": "2026-11-20T09:31:10.110Z"
     *     }
     */
    ListedOrderMessage: {
      /** @description The newest. */
      attempt: number | null
      begun_at: string | null
      error: string | null
      message_id: string
      next_attempt_at: string | null
      /** @description Its row there. */
      order_id: number
      /** @description The order system. */
      origin: string
      /** @description A decimal string. */
      price: string
      product: string
      /** @description How often it was replayed. */
      replay: number
      /** @description The attempt on which it succeeds; one more than there are where security_check is false. */
      required_attempts: number
      security_check: boolean
      /**
       * @description pending: not sent. waiting: no attempt has failed yet. retrying: one has. output, dead, purged: how it ended.
       * @enum {string}
       */
      status: 'pending' | 'waiting' | 'retrying' | 'output' | 'dead' | 'purged'
    }
    /**
     * ListedOrderMessagePage
     * @example {
     *       "items": [
     *         {
     *           "message_id": "8a4e21c0-5b7f-4c1e-9a63-0d2f4b7c9e15",
     *           "origin": "a",
     *           "order_id": 42,
     *           "product": "Caixa de papelão 300x200x150",
     *           "price": "1.97",
     *           "security_check": true,
     *           "required_attempts": 2,
     *           "status": "retrying",
     *           "replay": 0,
     *           "attempt": 1,
     *           "begun_at": "2026-11-20T09:31:00.100Z",
     *           "error": "Attempt 1 of the 2 that it needs.",
     *           "next_attempt_at": "2026-11-20T09:31:10.110Z"
     *         }
     *       ],
     *       "next_cursor": null
     *     }
     */
    ListedOrderMessagePage: {
      items: components['schemas']['ListedOrderMessage'][]
      /** @description null on the last page. */
      next_cursor: string | null
    }
    /**
     * LiveEvent
     * @example {
     *       "event": "changed",
     *       "id": "1763607631000",
     *       "data": "{\"topics\":[\"alerts\"]}"
     *     }
     */
    LiveEvent: {
      /** @description JSON: `{"topics": […]}`, those in which something has changed. */
      data: string
      /** @enum {string} */
      event: 'changed'
      /** @description For Last-Event-ID. */
      id: string
    }
    /**
     * LogEvent
     * @example {
     *       "event": "log",
     *       "id": "1718",
     *       "data": "{\"id\":1718,\"attempt\":1,\"level\":\"info\",\"message\":\"1204 items read\",\"data\":{\"duration_ms\":812},\"logged_at\":\"2026-11-20T05:00:02.000Z\"}"
     *     }
     */
    LogEvent: {
      /** @description JSON: a line as the list has it, or at the end the run. */
      data: string
      /** @enum {string} */
      event: 'log' | 'end'
      /** @description Of a log line, for Last-Event-ID. */
      id?: string
    }
    /**
     * LogLine
     * @example {
     *       "id": 1718,
     *       "attempt": 1,
     *       "level": "info",
     *       "message": "1204 items read",
     *       "data": {
     *         "duration_ms": 812
     *       },
     *       "logged_at": "2026-11-20T05:00:02.000Z"
     *     }
     */
    LogLine: {
      attempt: number
      data: unknown
      id: number
      level: string
      /** Format: date-time */
      logged_at: string
      message: string
    }
    /**
     * LogLinePage
     * @example {
     *       "items": [
     *         {
     *           "id": 1718,
     *           "attempt": 1,
     *           "level": "info",
     *           "message": "1204 items read",
     *           "data": {
     *             "duration_ms": 812
     *           },
     *           "logged_at": "2026-11-20T05:00:02.000Z"
     *         }
     *       ],
     *       "next_cursor": null
     *     }
     */
    LogLinePage: {
      items: components['schemas']['LogLine'][]
      /** @description null on the last page. */
      next_cursor: string | null
    }
    /**
     * MadeApiKey
     * @example {
     *       "id": "01a1fc6d-ba26-771a-b067-b72d1b4570ea",
     *       "name": "stock import",
     *       "start": "doca_SudV",
     *       "role": "operator",
     *       "created_at": "2026-11-20T12:00:00.000Z",
     *       "expires_at": "2027-11-20T12:00:00.000Z",
     *       "last_used_at": null,
     *       "last_used_address": null,
     *       "key": "doca_SudVPhKXYyhYTvYE1Oq0A6La1bXX3yRplioStRMHe4m1eiiWw"
     *     }
     */
    MadeApiKey: {
      /** Format: date-time */
      created_at: string
      /**
       * Format: date-time
       * @description An ended key stays in the list for 30 days.
       */
      expires_at: string
      /** Format: uuid */
      id: string
      /** @description For `Authorization: Bearer …`. Shown this once: only a hash of it is kept. */
      key: string
      last_used_address: string | null
      last_used_at: string | null
      name: string
      /**
       * @description The most that it may do; never more than its user may.
       * @enum {string}
       */
      role: 'viewer' | 'operator' | 'admin'
      /** @description Its first characters, to know it by. */
      start: string
    }
    /**
     * Me
     * @example {
     *       "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *       "username": "maria",
     *       "role": "operator",
     *       "email": "maria@example.com",
     *       "session_id": "01a1fc6d-ba26-771a-b067-b72d1b4570e9",
     *       "api_key_id": null,
     *       "must_change_password": false,
     *       "two_factor": {
     *         "enabled": true,
     *         "required": false,
     *         "recovery_codes_left": 9
     *       },
     *       "max_upload_bytes": 26214400,
     *       "features": [
     *         "auth",
     *         "packaging",
     *         "events"
     *       ]
     *     }
     */
    Me: {
      /** @description Of the API key that asks; else null. */
      api_key_id: string | null
      email: string | null
      /** @description That this process serves; see FEATURES. */
      features: (
        | 'auth'
        | 'users'
        | 'events'
        | 'people'
        | 'packaging'
        | 'charts'
        | 'reports'
        | 'jobs'
        | 'monitors'
        | 'alerts'
        | 'kpis'
        | 'live'
        | 'system'
        | 'orders'
        | 'dead_letters'
      )[]
      /** Format: uuid */
      id: string
      /** @description A larger file is refused. */
      max_upload_bytes: number
      /** @description true: nothing but PUT /me/password is allowed. */
      must_change_password: boolean
      /**
       * @description With an API key: what it may do.
       * @enum {string}
       */
      role: 'viewer' | 'operator' | 'admin'
      /** @description null with an API key. */
      session_id: string | null
      two_factor: {
        enabled: boolean
        recovery_codes_left: number
        /** @description true: without it, nothing but enrolling is allowed. */
        required: boolean
      }
      username: string
    }
    /**
     * Metrics
     * @example {
     *       "timestamp": "2026-11-20T09:30:00.000Z",
     *       "api_status": "ok",
     *       "database_status": "connected",
     *       "cache_status": "connected",
     *       "response_time": 0.004,
     *       "active_users": 7,
     *       "silent_programs": 0,
     *       "embalagens_count": 1204
     *     }
     */
    Metrics: {
      /** @description Users with a live session; null without a database. */
      active_users: number | null
      /** @constant */
      api_status: 'ok'
      /** @enum {string} */
      cache_status: 'connected' | 'disconnected'
      /** @enum {string} */
      database_status: 'connected' | 'disconnected'
      /** @description null without a database. */
      embalagens_count: number | null
      /** @description Mean of the last answers, seconds. */
      response_time: number
      /** @description Programs of which a process sends no heartbeat and was not stopped; null without a database. */
      silent_programs: number | null
      /** Format: date-time */
      timestamp: string
    }
    /**
     * Monitor
     * @example {
     *       "name": "shop",
     *       "kind": "http",
     *       "target": "https://loja.example.com/",
     *       "every_s": 60,
     *       "deadline": null,
     *       "state": "up",
     *       "since": "2026-11-20T09:30:00.000Z",
     *       "reason": null,
     *       "detail": null,
     *       "checked_at": "2026-11-20T12:00:00.000Z",
     *       "latency_ms": 84.2,
     *       "started_at": null,
     *       "certificate_ends_at": "2027-01-31T23:59:59.000Z",
     *       "gone_at": null,
     *       "last_day": {
     *         "uptime_percent": 99.93,
     *         "latency_mean_ms": 91.5,
     *         "latency_max_ms": 640
     *       },
     *       "days": [
     *         {
     *           "from": "2026-11-19T12:00:00.000Z",
     *           "to": "2026-11-20T12:00:00.000Z",
     *           "good": 1439,
     *           "failed": 1
     *         }
     *       ]
     *     }
     */
    Monitor: {
      certificate_ends_at: string | null
      checked_at: string | null
      /** @description Its checks or pings by spans of 24 hours, the last of which ends now; at most 30, oldest first. */
      days: {
        failed: number
        /** Format: date-time */
        from: string
        good: number
        /** Format: date-time */
        to: string
      }[]
      deadline: string | null
      detail: string | null
      every_s: number | null
      gone_at: string | null
      /** @enum {string} */
      kind: 'http' | 'tcp' | 'dns' | 'push'
      last_day: {
        latency_max_ms: number | null
        latency_mean_ms: number | null
        uptime_percent: number | null
      }
      latency_ms: number | null
      name: string
      reason: string | null
      /** Format: date-time */
      since: string
      started_at: string | null
      /** @enum {string} */
      state: 'new' | 'up' | 'failing' | 'down'
      /** @description What it asks, or when it expects a ping. */
      target: string
    }
    /**
     * MonitorDetails
     * @example {
     *       "name": "shop",
     *       "kind": "http",
     *       "target": "https://loja.example.com/",
     *       "every_s": 60,
     *       "deadline": null,
     *       "state": "up",
     *       "since": "2026-11-20T09:30:00.000Z",
     *       "reason": null,
     *       "detail": null,
     *       "checked_at": "2026-11-20T12:00:00.000Z",
     *       "latency_ms": 84.2,
     *       "started_at": null,
     *       "certificate_ends_at": "2027-01-31T23:59:59.000Z",
     *       "gone_at": null,
     *       "last_day": {
     *         "uptime_percent": 99.93,
     *         "latency_mean_ms": 91.5,
     *         "latency_max_ms": 640
     *       },
     *       "days": [
     *         {
     *           "from": "2026-11-19T12:00:00.000Z",
     *           "to": "2026-11-20T12:00:00.000Z",
     *           "good": 1439,
     *           "failed": 1
     *         }
     *       ],
     *       "ping_path": null,
     *       "uptimes": [
     *         {
     *           "hours": 24,
     *           "uptime_percent": 99.93,
     *           "latency_mean_ms": 91.5,
     *           "latency_max_ms": 640
     *         }
     *       ],
     *       "hours": [
     *         {
     *           "hour": "2026-11-20T12:00:00.000Z",
     *           "good": 60,
     *           "failed": 0,
     *           "latency_mean_ms": 91.5,
     *           "latency_max_ms": 640
     *         }
     *       ],
     *       "events": [
     *         {
     *           "id": 4711,
     *           "at": "2026-11-20T09:30:00.000Z",
     *           "kind": "up",
     *           "reason": null,
     *           "detail": null,
     *           "latency_ms": 88.1,
     *           "log": null
     *         }
     *       ]
     *     }
     */
    MonitorDetails: {
      certificate_ends_at: string | null
      checked_at: string | null
      /** @description Its checks or pings by spans of 24 hours, the last of which ends now; at most 30, oldest first. */
      days: {
        failed: number
        /** Format: date-time */
        from: string
        good: number
        /** Format: date-time */
        to: string
      }[]
      deadline: string | null
      detail: string | null
      /** @description Its last 100 changes and pings, newest first. */
      events: {
        /** Format: date-time */
        at: string
        detail: string | null
        id: number
        /** @enum {string} */
        kind: 'up' | 'failing' | 'down' | 'start' | 'success' | 'fail' | 'overdue'
        latency_ms: number | null
        log: string | null
        reason: string | null
      }[]
      every_s: number | null
      gone_at: string | null
      /** @description The last 48 in which it was checked, newest first. */
      hours: {
        failed: number
        good: number
        /** Format: date-time */
        hour: string
        latency_max_ms: number | null
        latency_mean_ms: number | null
      }[]
      /** @enum {string} */
      kind: 'http' | 'tcp' | 'dns' | 'push'
      last_day: {
        latency_max_ms: number | null
        latency_mean_ms: number | null
        uptime_percent: number | null
      }
      latency_ms: number | null
      name: string
      ping_path: string | null
      reason: string | null
      /** Format: date-time */
      since: string
      started_at: string | null
      /** @enum {string} */
      state: 'new' | 'up' | 'failing' | 'down'
      /** @description What it asks, or when it expects a ping. */
      target: string
      uptimes: {
        hours: number
        latency_max_ms: number | null
        latency_mean_ms: number | null
        uptime_percent: number | null
      }[]
    }
    /**
     * MonitorPage
     * @example {
     *       "items": [
     *         {
     *           "name": "shop",
     *           "kind": "http",
     *           "target": "https://loja.example.com/",
     *           "every_s": 60,
     *           "deadline": null,
     *           "state": "up",
     *           "since": "2026-11-20T09:30:00.000Z",
     *           "reason": null,
     *           "detail": null,
     *           "checked_at": "2026-11-20T12:00:00.000Z",
     *           "latency_ms": 84.2,
     *           "started_at": null,
     *           "certificate_ends_at": "2027-01-31T23:59:59.000Z",
     *           "gone_at": null,
     *           "last_day": {
     *             "uptime_percent": 99.93,
     *             "latency_mean_ms": 91.5,
     *             "latency_max_ms": 640
     *           },
     *           "days": [
     *             {
     *               "from": "2026-11-19T12:00:00.000Z",
     *               "to": "2026-11-20T12:00:00.000Z",
     *               "good": 1439,
     *               "failed": 1
     *             }
     *           ]
     *         }
     *       ],
     *       "next_cursor": null
     *     }
     */
    MonitorPage: {
      items: components['schemas']['Monitor'][]
      /** @description null on the last page. */
      next_cursor: string | null
    }
    /**
     * NewApiKey
     * @example {
     *       "name": "stock import",
     *       "role": "operator",
     *       "expires_at": "2027-11-20T12:00:00Z"
     *     }
     */
    NewApiKey: {
      /**
       * Format: date-time
       * @description When it ends: in the future, and within API_KEY_MAX_DAYS.
       * @example 2026-11-20T12:00:00Z
       */
      expires_at: string
      /** @description 1 to 100 visible characters, such as the name of the script; once for a user, whatever the case. */
      name: string
      /**
       * @description The most that the key may do: at most your own role.
       * @enum {string}
       */
      role: 'viewer' | 'operator' | 'admin'
    }
    /**
     * NewPackagingItem
     * @example {
     *       "sku": "CX-0201",
     *       "name": "Caixa maleta 160×110×30 mm",
     *       "material": "paper",
     *       "kind": "box",
     *       "unit_cost": "0.5206",
     *       "currency": "BRL"
     *     }
     */
    NewPackagingItem: {
      capacity_ml?: (string | number) | null
      /** @description ISO 4217 code. */
      currency: string
      height_mm?: (string | number) | null
      kind: string
      length_mm?: (string | number) | null
      /** @enum {string} */
      material: 'paper' | 'plastic' | 'glass' | 'metal' | 'wood' | 'other'
      name: string
      /** @default false */
      recyclable: boolean
      /**
       * @description Stock at or below this is low.
       * @default 0
       */
      reorder_level: number
      sku: string
      /**
       * @description Pieces.
       * @default 0
       */
      stock: number
      supplier?: string | null
      /** @default [] */
      tags: string[]
      /** @description Not negative. A decimal string; a JSON number is taken when it has at most 4 decimals. */
      unit_cost: string | number
      weight_g?: (string | number) | null
      width_mm?: (string | number) | null
    }
    /**
     * NewSilence
     * @example {
     *       "rule": "JOB_FAILED",
     *       "subject": "process_data",
     *       "ends_at": "2026-12-24T18:00:00Z",
     *       "reason": "Migration"
     *     }
     */
    NewSilence: {
      /**
       * Format: date-time
       * @description It ends by itself, within a year.
       * @example 2026-11-20T12:00:00Z
       */
      ends_at: string
      /** @description For whoever wonders why nothing was told. */
      reason: string
      /**
       * @description Unset: every rule.
       * @enum {string}
       */
      rule?:
        | 'DB_CONNECTION_LOST'
        | 'API_DOWN'
        | 'API_HIGH_LATENCY'
        | 'CACHE_CONNECTION_LOST'
        | 'PROGRAM_SILENT'
        | 'CLOCK_JUMPED'
        | 'LOOP_BLOCKED'
        | 'JOB_SILENT'
        | 'LOW_DISK_SPACE'
        | 'JOB_FAILED'
        | 'JOB_GONE'
        | 'JOB_INVALID'
        | 'JOB_MISSED'
        | 'QUEUE_DEAD'
        | 'CONSUMER_PAUSED'
        | 'QUEUE_LAG'
        | 'DEAD_LETTERS_NEW'
        | 'DEAD_LETTERS_GROW'
        | 'STREAM_LAG'
        | 'DATA_STALE'
        | 'BACKUP_STALE'
        | 'WAL_NOT_KEPT'
        | 'MONITOR_DOWN'
        | 'CERTIFICATE_ENDS'
        | 'PING_OVERDUE'
        | 'PING_FAILED'
        | 'CHANNEL_DOWN'
        | 'AIRFLOW_DAG_FAILED'
      /**
       * Format: date-time
       * @description Unset: now.
       * @example 2026-11-20T12:00:00Z
       */
      starts_at?: string
      /** @description Unset: every subject. */
      subject?: string
    }
    /**
     * NewUser
     * @example {
     *       "username": "maria",
     *       "password": "minha gata dorme ao sol",
     *       "role": "operator",
     *       "email": "maria@example.com"
     *     }
     * @example {
     *       "username": "rui",
     *       "password": "caderno azul e chuva fina",
     *       "role": "viewer"
     *     }
     */
    NewUser: {
      /**
       * Format: email
       * @description Where changes of the account are told.
       */
      email?: string
      /** @description 12 to 256 Unicode characters, of any kind, not only blanks (422 password_blank), and not easily guessed (422 password_common). */
      password: string
      /** @enum {string} */
      role: 'viewer' | 'operator' | 'admin'
      /** @description 1 to 150 visible characters, kept in Unicode NFKC; case does not matter. */
      username: string
    }
    /**
     * NoteDeadLetterGroup
     * @example {
     *       "note": "Orders without a security check; nothing to do."
     *     }
     */
    NoteDeadLetterGroup: {
      /** @description What is known of it; an empty text takes the note away. */
      note: string
    }
    /**
     * Order
     * @example {
     *       "id": 42,
     *       "product": "Caixa de papelão 300x200x150",
     *       "price": "1.97",
     *       "security_check": true,
     *       "created_at": "2026-11-20T09:30:00.000Z",
     *       "message_id": "8a4e21c0-5b7f-4c1e-9a63-0d2f4b7c9e15",
     *       "sent_at": null,
     *       "status": "pending"
     *     }
     */
    Order: {
      /** Format: date-time */
      created_at: string
      id: number
      /** Format: uuid */
      message_id: string
      /** @description A decimal string. */
      price: string
      product: string
      security_check: boolean
      sent_at: string | null
      /**
       * @description pending: not sent. waiting: no attempt has failed yet. retrying: one has. output, dead, purged: how it ended.
       * @enum {string}
       */
      status: 'pending' | 'waiting' | 'retrying' | 'output' | 'dead' | 'purged'
    }
    /** OrderAttempt */
    OrderAttempt: {
      attempt: number
      /** Format: date-time */
      begun_at: string
      /** @description Above 1 where a consumer was killed or stopped in the middle of it. */
      deliveries: number
      error: string | null
      /** Format: date-time */
      processed_at: string
      /** @description Attempts count from 1 in each replay. */
      replay: number
      /** @enum {string} */
      status: 'succeeded' | 'failed' | 'dead'
      worker: string
    }
    /**
     * OrderFlow
     * @example {
     *       "sent": 1000,
     *       "waiting": 0,
     *       "retrying": 0,
     *       "output": 800,
     *       "dead": 200,
     *       "purged": 0,
     *       "pending": 0,
     *       "balance": "at_rest",
     *       "by_system": {
     *         "a": {
     *           "sent": 1000,
     *           "waiting": 0,
     *           "retrying": 0,
     *           "output": 800,
     *           "dead": 200,
     *           "purged": 0,
     *           "pending": 0
     *         }
     *       },
     *       "retry": {
     *         "max_attempts": 5,
     *         "delay_s": 10,
     *         "schedule_s": [
     *           0,
     *           10,
     *           20,
     *           30,
     *           40
     *         ]
     *       }
     *     }
     */
    OrderFlow: {
      /**
       * @description at_rest: sent is output, dead and purged together. moving: something is on its way. paused: something is, and the consumer waits for a decision (GET /orders/consumer). off: nothing is, and it does not add up.
       * @enum {string}
       */
      balance: 'at_rest' | 'moving' | 'paused' | 'off'
      by_system: {
        [key: string]: {
          dead: number
          output: number
          /** @description Rows that are not sent yet. */
          pending: number
          purged: number
          /** @description After a failed attempt. */
          retrying: number
          sent: number
          /** @description Sent, and without a failed attempt. */
          waiting: number
        }
      }
      dead: number
      /** @description With explain=1, up to 1,000; empty while something moves. */
      misfits?: {
        /** Format: uuid */
        message_id: string
        origin: string
        /**
         * @description lost: sent, and nowhere. unreadable: the same, and a dead letter of its id could not be read. not_marked: it has ended, and its row does not say that it was sent; the next send does that. without_row: its row is gone. without_letter: dead without a dead letter that is dead, e.g. lost after a replay. not_in_bin: purged, and its letter is not. twice: output and dead.
         * @enum {string}
         */
        reason: 'lost' | 'unreadable' | 'not_marked' | 'without_row' | 'without_letter' | 'not_in_bin' | 'twice'
      }[]
      output: number
      /** @description Rows that are not sent yet. */
      pending: number
      purged: number
      /** @description When attempts begin if each fails at once, seconds after the first; then a message is dead. */
      retry: {
        delay_s: number
        max_attempts: number
        schedule_s: number[]
      }
      /** @description After a failed attempt. */
      retrying: number
      sent: number
      /** @description Sent, and without a failed attempt. */
      waiting: number
    }
    /**
     * OrderJourney
     * @example {
     *       "message_id": "8a4e21c0-5b7f-4c1e-9a63-0d2f4b7c9e15",
     *       "origin": "a",
     *       "product": "Caixa de papelão 300x200x150",
     *       "price": "1.97",
     *       "security_check": true,
     *       "required_attempts": 2,
     *       "status": "retrying",
     *       "row": {
     *         "id": 42,
     *         "created_at": "2026-11-20T09:30:00.000Z"
     *       },
     *       "sent_at": "2026-11-20T09:31:00.000Z",
     *       "trace_id": "01a1fc6d-ba26-771a-b067-b72d1b4570e9",
     *       "replay": 0,
     *       "schedule_s": [
     *         0,
     *         10,
     *         20,
     *         30,
     *         40
     *       ],
     *       "current": {
     *         "attempt": 1,
     *         "deliveries": 1,
     *         "worker": "doca:4711",
     *         "begun_at": "2026-11-20T09:31:00.100Z",
     *         "ended_at": "2026-11-20T09:31:00.110Z",
     *         "error": "Attempt 1 of the 2 that it needs."
     *       },
     *       "next_attempt_at": "2026-11-20T09:31:10.110Z",
     *       "attempts": [
     *         {
     *           "replay": 0,
     *           "attempt": 1,
     *           "status": "failed",
     *           "error": "Attempt 1 of the 2 that it needs.",
     *           "worker": "doca:4711",
     *           "deliveries": 1,
     *           "begun_at": "2026-11-20T09:31:00.100Z",
     *           "processed_at": "2026-11-20T09:31:00.105Z"
     *         }
     *       ],
     *       "output": null,
     *       "letters": []
     *     }
     */
    OrderJourney: {
      /** @description From the journal, oldest first; gone after JOURNAL_TTL_S. */
      attempts: components['schemas']['OrderAttempt'][]
      current: {
        attempt: number
        /** Format: date-time */
        begun_at: string
        deliveries: number
        ended_at: string | null
        error: string | null
        worker: string
      } | null
      /** @description The dead letters of the message, oldest first; see GET /dead-letters/{id}. */
      letters: {
        detail: string
        /** Format: date-time */
        died_at: string
        edited_from: string | null
        /** Format: uuid */
        id: string
        /** @description When it was replayed, purged or replaced. */
        left_at: string | null
        reason: string
        replay: number
        /** @enum {string} */
        state: 'dead' | 'replayed' | 'purged' | 'replaced'
        step: string
      }[]
      message_id: string
      next_attempt_at: string | null
      /** @description The order system. */
      origin: string
      output: components['schemas']['OutputOrder'] | null
      /** @description A decimal string. */
      price: string
      product: string
      /** @description How often it was replayed. */
      replay: number
      /** @description The attempt on which it succeeds; one more than there are where security_check is false. */
      required_attempts: number
      row: {
        /** Format: date-time */
        created_at: string
        id: number
      } | null
      /** @description When attempts begin if each fails at once, seconds after the first; then it is dead. */
      schedule_s: number[]
      security_check: boolean
      sent_at: string | null
      /**
       * @description pending: not sent. waiting: no attempt has failed yet. retrying: one has. output, dead, purged: how it ended.
       * @enum {string}
       */
      status: 'pending' | 'waiting' | 'retrying' | 'output' | 'dead' | 'purged'
      trace_id: string | null
    }
    /**
     * OrderMessage
     * @example {
     *       "message_id": "8a4e21c0-5b7f-4c1e-9a63-0d2f4b7c9e15",
     *       "origin": "a",
     *       "order_id": 42,
     *       "product": "Caixa de papelão 300x200x150",
     *       "price": "1.97",
     *       "security_check": true,
     *       "required_attempts": 2
     *     }
     */
    OrderMessage: {
      message_id: string
      /** @description Its row there. */
      order_id: number
      /** @description The order system. */
      origin: string
      /** @description A decimal string. */
      price: string
      product: string
      /** @description The attempt on which it succeeds; one more than there are where security_check is false. */
      required_attempts: number
      security_check: boolean
    }
    /**
     * OrderMessages
     * @example {
     *       "pending": 1,
     *       "items": [
     *         {
     *           "message_id": "8a4e21c0-5b7f-4c1e-9a63-0d2f4b7c9e15",
     *           "origin": "a",
     *           "order_id": 42,
     *           "product": "Caixa de papelão 300x200x150",
     *           "price": "1.97",
     *           "security_check": true,
     *           "required_attempts": 2
     *         }
     *       ],
     *       "next_cursor": null
     *     }
     */
    OrderMessages: {
      items: components['schemas']['OrderMessage'][]
      /** @description null on the last page. */
      next_cursor: string | null
      /** @description Rows that the next send sends. */
      pending: number
    }
    /**
     * OrderPage
     * @example {
     *       "items": [
     *         {
     *           "id": 42,
     *           "product": "Caixa de papelão 300x200x150",
     *           "price": "1.97",
     *           "security_check": true,
     *           "created_at": "2026-11-20T09:30:00.000Z",
     *           "message_id": "8a4e21c0-5b7f-4c1e-9a63-0d2f4b7c9e15",
     *           "sent_at": null,
     *           "status": "pending"
     *         }
     *       ],
     *       "next_cursor": null
     *     }
     */
    OrderPage: {
      items: components['schemas']['Order'][]
      /** @description null on the last page. */
      next_cursor: string | null
    }
    /**
     * OutputOrder
     * @example {
     *       "message_id": "8a4e21c0-5b7f-4c1e-9a63-0d2f4b7c9e15",
     *       "origin": "a",
     *       "product": "Caixa de papelão 300x200x150",
     *       "price": "1.97",
     *       "security_check": true,
     *       "written_at": "2026-11-20T09:31:10.000Z"
     *     }
     */
    OutputOrder: {
      /** Format: uuid */
      message_id: string
      origin: string
      price: string
      product: string
      security_check: boolean
      /** Format: date-time */
      written_at: string
    }
    /**
     * OutputOrderPage
     * @example {
     *       "items": [
     *         {
     *           "message_id": "8a4e21c0-5b7f-4c1e-9a63-0d2f4b7c9e15",
     *           "origin": "a",
     *           "product": "Caixa de papelão 300x200x150",
     *           "price": "1.97",
     *           "security_check": true,
     *           "written_at": "2026-11-20T09:31:10.000Z"
     *         }
     *       ],
     *       "next_cursor": null
     *     }
     */
    OutputOrderPage: {
      items: components['schemas']['OutputOrder'][]
      /** @description null on the last page. */
      next_cursor: string | null
    }
    /**
     * OwnEmail
     * @example {
     *       "email": "maria@example.com"
     *     }
     * @example {
     *       "email": null
     *     }
     */
    OwnEmail: {
      email: string | null
    }
    /**
     * PackagingChange
     * @example {
     *       "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e9",
     *       "at": "2026-11-20T09:30:00.000Z",
     *       "actor_name": "maria",
     *       "api_key_id": null,
     *       "action": "packaging.changed",
     *       "details": {
     *         "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *         "before": {
     *           "stock": 1200
     *         },
     *         "after": {
     *           "stock": 940
     *         }
     *       }
     *     }
     */
    PackagingChange: {
      /** @description packaging.created, .changed, .deleted or .restored. */
      action: string
      actor_name: string | null
      /** @description The API key that it was done with; null for a session. */
      api_key_id: string | null
      /** Format: date-time */
      at: string
      /** @description `before` and `after`: the fields that changed. */
      details: {
        [key: string]: unknown
      }
      /** Format: uuid */
      id: string
    }
    /**
     * PackagingChangePage
     * @example {
     *       "items": [
     *         {
     *           "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e9",
     *           "at": "2026-11-20T09:30:00.000Z",
     *           "actor_name": "maria",
     *           "api_key_id": null,
     *           "action": "packaging.changed",
     *           "details": {
     *             "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *             "before": {
     *               "stock": 1200
     *             },
     *             "after": {
     *               "stock": 940
     *             }
     *           }
     *         }
     *       ],
     *       "next_cursor": null
     *     }
     */
    PackagingChangePage: {
      items: components['schemas']['PackagingChange'][]
      /** @description null on the last page. */
      next_cursor: string | null
    }
    /**
     * PackagingCount
     * @example {
     *       "items": 10000
     *     }
     */
    PackagingCount: {
      items: number
    }
    /**
     * PackagingItem
     * @example {
     *       "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *       "sku": "CX-0201",
     *       "name": "Caixa maleta 160×110×30 mm",
     *       "material": "paper",
     *       "kind": "box",
     *       "length_mm": "160",
     *       "width_mm": "110",
     *       "height_mm": "30",
     *       "weight_g": null,
     *       "capacity_ml": null,
     *       "unit_cost": "0.5206",
     *       "currency": "BRL",
     *       "supplier": null,
     *       "stock": 1200,
     *       "reorder_level": 300,
     *       "recyclable": true,
     *       "tags": [
     *         "correio"
     *       ],
     *       "version": 3,
     *       "created_at": "2026-11-02T12:00:00.000Z",
     *       "updated_at": "2026-11-20T09:30:00.000Z"
     *     }
     */
    PackagingItem: {
      /** @description A decimal. */
      capacity_ml: string | null
      /** Format: date-time */
      created_at: string
      /** @description ISO 4217 code. */
      currency: string
      /** @description A decimal. */
      height_mm: string | null
      /** Format: uuid */
      id: string
      kind: string
      /** @description A decimal. */
      length_mm: string | null
      /** @enum {string} */
      material: 'paper' | 'plastic' | 'glass' | 'metal' | 'wood' | 'other'
      name: string
      recyclable: boolean
      reorder_level: number
      sku: string
      stock: number
      supplier: string | null
      tags: string[]
      /** @description A decimal. */
      unit_cost: string
      /** Format: date-time */
      updated_at: string
      /** @description The ETag, without its quotes. */
      version: number
      /** @description A decimal. */
      weight_g: string | null
      /** @description A decimal. */
      width_mm: string | null
    }
    /**
     * PackagingItemPage
     * @example {
     *       "items": [
     *         {
     *           "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *           "sku": "CX-0201",
     *           "name": "Caixa maleta 160×110×30 mm",
     *           "material": "paper",
     *           "kind": "box",
     *           "length_mm": "160",
     *           "width_mm": "110",
     *           "height_mm": "30",
     *           "weight_g": null,
     *           "capacity_ml": null,
     *           "unit_cost": "0.5206",
     *           "currency": "BRL",
     *           "supplier": null,
     *           "stock": 1200,
     *           "reorder_level": 300,
     *           "recyclable": true,
     *           "tags": [
     *             "correio"
     *           ],
     *           "version": 3,
     *           "created_at": "2026-11-02T12:00:00.000Z",
     *           "updated_at": "2026-11-20T09:30:00.000Z"
     *         }
     *       ],
     *       "next_cursor": null
     *     }
     */
    PackagingItemPage: {
      items: components['schemas']['PackagingItem'][]
      /** @description null on the last page. */
      next_cursor: string | null
    }
    /**
     * PackagingPatch
     * @description Fields that are left out stay; null takes a field back to its default.
     * @example {
     *       "unit_cost": "0.5487",
     *       "stock": 940,
     *       "supplier": null
     *     }
     */
    PackagingPatch: {
      capacity_ml?: (string | number) | null
      /** @description ISO 4217 code. */
      currency?: string
      height_mm?: (string | number) | null
      kind?: string
      length_mm?: (string | number) | null
      /** @enum {string} */
      material?: 'paper' | 'plastic' | 'glass' | 'metal' | 'wood' | 'other'
      name?: string
      recyclable?: boolean | null
      reorder_level?: number | null
      sku?: string
      stock?: number | null
      supplier?: string | null
      tags?: string[] | null
      /** @description Not negative. A decimal string; a JSON number is taken when it has at most 4 decimals. */
      unit_cost?: string | number
      weight_g?: (string | number) | null
      width_mm?: (string | number) | null
    }
    /**
     * PasswordAndCode
     * @example {
     *       "password": "minha gata dorme ao sol",
     *       "code": "123456"
     *     }
     */
    PasswordAndCode: {
      /**
       * @description Six digits of the authenticator app, or a recovery code; blanks and hyphens do not matter.
       * @example 123456
       */
      code: string
      password: string
    }
    /**
     * PasswordChange
     * @example {
     *       "current_password": "minha gata dorme ao sol",
     *       "new_password": "caderno azul e chuva fina"
     *     }
     */
    PasswordChange: {
      current_password: string
      /** @description 12 to 256 Unicode characters, of any kind, not only blanks (422 password_blank), and not easily guessed (422 password_common). */
      new_password: string
    }
    /** PausedConsumer */
    PausedConsumer: {
      consumer: string
      /** Format: date-time */
      since: string
    }
    /**
     * PauseReason
     * @example {
     *       "reason": "The supplier migrates"
     *     }
     */
    PauseReason: {
      /** @description Shown with the job until it is resumed. */
      reason?: string
    }
    /**
     * Person
     * @example {
     *       "id": "0a1b2c3d-5b7f-4c1e-9a63-0d2f4b7c9e15",
     *       "first_name": "Íris",
     *       "last_name": "Araújo",
     *       "gender": "female",
     *       "address": "Rua Acre 12, Recife, Pernambuco, Brazil",
     *       "postcode": "50030",
     *       "country": "Brazil",
     *       "email": "iris.araujo@example.com",
     *       "username": "bluecat12",
     *       "born_at": "1980-05-17T08:30:00.000Z",
     *       "registered_at": "2015-03-02T12:00:00.000Z",
     *       "phone": "(81) 2222-3333",
     *       "picture": "https://randomuser.me/api/portraits/med/women/12.jpg",
     *       "written_at": "2026-11-20T06:00:12.000Z"
     *     }
     */
    Person: {
      address: string | null
      born_at: string | null
      country: string | null
      /** @description By the grammar of RFC 5321 and 6531. */
      email: string
      first_name: string | null
      gender: string | null
      /** Format: uuid */
      id: string
      last_name: string | null
      phone: string | null
      picture: string | null
      postcode: string | null
      registered_at: string | null
      username: string | null
      /**
       * Format: date-time
       * @description When the message was produced that says so.
       */
      written_at: string
    }
    /**
     * PersonPage
     * @example {
     *       "items": [
     *         {
     *           "id": "0a1b2c3d-5b7f-4c1e-9a63-0d2f4b7c9e15",
     *           "first_name": "Íris",
     *           "last_name": "Araújo",
     *           "gender": "female",
     *           "address": "Rua Acre 12, Recife, Pernambuco, Brazil",
     *           "postcode": "50030",
     *           "country": "Brazil",
     *           "email": "iris.araujo@example.com",
     *           "username": "bluecat12",
     *           "born_at": "1980-05-17T08:30:00.000Z",
     *           "registered_at": "2015-03-02T12:00:00.000Z",
     *           "phone": "(81) 2222-3333",
     *           "picture": "https://randomuser.me/api/portraits/med/women/12.jpg",
     *           "written_at": "2026-11-20T06:00:12.000Z"
     *         }
     *       ],
     *       "next_cursor": null
     *     }
     */
    PersonPage: {
      items: components['schemas']['Person'][]
      /** @description null on the last page. */
      next_cursor: string | null
    }
    /** Problem */
    Problem: {
      /** @description For programs; the same in every language. */
      code: string
      /** @description What happened, in the language of Content-Language. */
      detail: string
      /** @description Each field, parameter or row that does not fit. */
      errors?: ({
        message: string
        /** @description JSON pointer of the field, or / and the name of the parameter. */
        path: string
      } & {
        [key: string]: unknown
      })[]
      /** @description The id of the request in the logs. */
      request_id: string
      status: number
      /** @description The name of the status. */
      title: string
      /**
       * Format: uri-reference
       * @description The page that explains the code.
       */
      type: string
    }
    /**
     * ProblemDescription
     * @example {
     *       "type": "/docs/problems/sku_taken",
     *       "code": "sku_taken",
     *       "status": 409,
     *       "title": "Conflict",
     *       "what": "Another packaging item has this sku.",
     *       "action": "Change that item, or choose another sku."
     *     }
     */
    ProblemDescription: {
      /** @description What to do about it. */
      action: string
      code: string
      status: number
      /** @description The name of the status. */
      title: string
      /**
       * Format: uri-reference
       * @description The page of the problem.
       */
      type: string
      /** @description What happened. */
      what: string
    }
    /**
     * ProblemDescriptions
     * @example {
     *       "items": [
     *         {
     *           "type": "/docs/problems/sku_taken",
     *           "code": "sku_taken",
     *           "status": 409,
     *           "title": "Conflict",
     *           "what": "Another packaging item has this sku.",
     *           "action": "Change that item, or choose another sku."
     *         }
     *       ]
     *     }
     */
    ProblemDescriptions: {
      items: components['schemas']['ProblemDescription'][]
    }
    /** ProgramHealth */
    ProgramHealth: {
      /** @description Processes of it that send heartbeats. */
      at_work: number
      /** @enum {string} */
      program: 'api' | 'jobs' | 'consumers' | 'charts'
      /**
       * @description silent: a process of it sends no heartbeat, and was not stopped.
       * @enum {string}
       */
      status: 'ok' | 'silent'
    }
    /**
     * Proved
     * @example {
     *       "proved": true,
     *       "expires_in": 900
     *     }
     */
    Proved: {
      /** @description Seconds that the proof counts. */
      expires_in: number
      /** @constant */
      proved: true
    }
    /**
     * PurgedDeadLetters
     * @example {
     *       "purged": 412
     *     }
     */
    PurgedDeadLetters: {
      purged: number
    }
    /**
     * QueuedRun
     * @example {
     *       "run_id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8"
     *     }
     */
    QueuedRun: {
      /** Format: uuid */
      run_id: string
    }
    /**
     * Ready
     * @example {
     *       "status": "ok"
     *     }
     */
    Ready: {
      /** @enum {string} */
      status: 'ok' | 'degraded' | 'starting' | 'down'
    }
    /**
     * RecordedPing
     * @example {
     *       "monitor": "backup_loja",
     *       "signal": "success"
     *     }
     */
    RecordedPing: {
      monitor: string
      /** @enum {string} */
      signal: 'success' | 'start' | 'fail'
    }
    /**
     * RecoveryCodes
     * @example {
     *       "recovery_codes": [
     *         "k7mq-3xvd-9tpa",
     *         "w2hn-8rzc-5jfe"
     *       ]
     *     }
     */
    RecoveryCodes: {
      /** @description Ten, each good once instead of a code. Shown only now. */
      recovery_codes: string[]
    }
    /**
     * RefreshToken
     * @example {
     *       "refresh_token": "q0Jd1mN8Yc2xkP4vZ7sT5wR3uH6bE9aF"
     *     }
     */
    RefreshToken: {
      /** @description Left out, the one of the cookie is taken. */
      refresh_token?: string
    }
    /**
     * Replay
     * @example {
     *       "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *       "name": "after the fix of the output",
     *       "source": "orders",
     *       "filter": {
     *         "group": "5d41402a-bc4b-2a76-b971-9d911017c592"
     *       },
     *       "state": "running",
     *       "pause_reason": null,
     *       "rate_per_s": 50,
     *       "canary": 5,
     *       "total": 412,
     *       "taken": 0,
     *       "published": 155,
     *       "succeeded": 140,
     *       "died_again": 3,
     *       "waiting": 12,
     *       "unsent": 257,
     *       "gone": 0,
     *       "undone": 0,
     *       "created_by": "maria",
     *       "created_at": "2026-11-20T11:05:00.000Z",
     *       "finished_at": null
     *     }
     */
    Replay: {
      canary: number
      /** Format: date-time */
      created_at: string
      created_by: string
      /** @description Each is a new dead letter. */
      died_again: number
      /** @description What was asked for. */
      filter: {
        [key: string]: unknown
      }
      finished_at: string | null
      /** @description Purged, edited or deleted before their turn. */
      gone: number
      /**
       * Format: uuid
       * @description Of the replay.
       */
      id: string
      name: string
      pause_reason: ('by_hand' | 'canary_failed') | null
      /** @description The queue had so many of its messages. */
      published: number
      rate_per_s: number
      /**
       * @description Where they came from.
       * @enum {string}
       */
      source: 'orders' | 'events' | 'people'
      /**
       * @description canary: its first letters go alone. running: the rest goes. paused: nothing more is sent. done: every letter has ended. cancelled: what was not sent is dead as before. What was sent is followed to its end in any state.
       * @enum {string}
       */
      state: 'canary' | 'running' | 'paused' | 'done' | 'cancelled'
      succeeded: number
      /** @description Letters that fitted, and were in another replay already; they are not in this one. */
      taken: number
      /** @description Letters that it selected when it began. */
      total: number
      /** @description Not sent, since it was cancelled; dead as before. */
      undone: number
      /** @description They wait for their turn, and are dead letters until then. */
      unsent: number
      /** @description On their way. */
      waiting: number
    }
    /**
     * ReplayDead
     * @description Without a canary, unless it says one.
     * @example {}
     * @example {
     *       "ids": [
     *         "01a1fc6d-ba26-771a-b067-b72d1b4570e8"
     *       ],
     *       "rate_per_s": 10
     *     }
     */
    ReplayDead: {
      /** @description Letters that go alone first; the rest goes only when all of them succeeded. 0: none. */
      canary?: number
      /** @description These dead letters; when absent, all. */
      ids?: string[]
      /** @description Letters a second; 50 when absent. */
      rate_per_s?: number
    }
    /**
     * ReplayDryRun
     * @example {
     *       "count": 412,
     *       "taken": 0,
     *       "samples": [
     *         {
     *           "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *           "message_id": "8a4e21c0-5b7f-4c1e-9a63-0d2f4b7c9e15",
     *           "origin": "b",
     *           "attempts": 5,
     *           "step": "process",
     *           "reason": "attempts_spent",
     *           "detail": "Not done after 5 attempts; it needs 6.",
     *           "died_at": "2026-11-20T09:31:10.000Z"
     *         }
     *       ],
     *       "effects": [
     *         {
     *           "effect": "dies_again",
     *           "count": 412,
     *           "detail": "412 surely die again: they need more than 5 attempts."
     *         }
     *       ]
     *     }
     */
    ReplayDryRun: {
      /** @description Letters that it would select. */
      count: number
      /** @description What it would do, as far as that is known. */
      effects: {
        count: number
        detail: string
        /** @description A stable code of the source. */
        effect: string
      }[]
      /** @description Three of them, the oldest. */
      samples: {
        attempts: number
        detail: string
        /** Format: date-time */
        died_at: string
        /**
         * Format: uuid
         * @description Of the letter.
         */
        id: string
        message_id: string
        origin: string | null
        reason: string
        step: string
      }[]
      /** @description Letters that fit, and are in another replay. */
      taken: number
    }
    /**
     * ReplayedLetter
     * @example {
     *       "position": 1,
     *       "letter_id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *       "message_id": "8a4e21c0-5b7f-4c1e-9a63-0d2f4b7c9e15",
     *       "origin": "b",
     *       "reason": "attempts_spent",
     *       "replay": 1,
     *       "state": "died_again",
     *       "sent_at": "2026-11-20T11:05:00.100Z",
     *       "ended_at": "2026-11-20T11:05:40.600Z",
     *       "died_as": "01a1fcc0-0d2f-7b7c-9e15-8a4e21c05b7f"
     *     }
     */
    ReplayedLetter: {
      died_as: string | null
      ended_at: string | null
      /**
       * Format: uuid
       * @description Of the letter.
       */
      letter_id: string
      message_id: string | null
      origin: string | null
      position: number
      reason: string | null
      replay: number | null
      sent_at: string | null
      /**
       * @description pending: it waits for its turn. sending, sent: it is on its way. succeeded, died_again: how it ended. gone: purged, edited or deleted before its turn. undone: the replay was cancelled before its turn.
       * @enum {string}
       */
      state: 'pending' | 'sending' | 'sent' | 'succeeded' | 'died_again' | 'gone' | 'undone'
    }
    /**
     * ReplayedLetterPage
     * @example {
     *       "items": [
     *         {
     *           "position": 1,
     *           "letter_id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *           "message_id": "8a4e21c0-5b7f-4c1e-9a63-0d2f4b7c9e15",
     *           "origin": "b",
     *           "reason": "attempts_spent",
     *           "replay": 1,
     *           "state": "died_again",
     *           "sent_at": "2026-11-20T11:05:00.100Z",
     *           "ended_at": "2026-11-20T11:05:40.600Z",
     *           "died_as": "01a1fcc0-0d2f-7b7c-9e15-8a4e21c05b7f"
     *         }
     *       ],
     *       "next_cursor": null
     *     }
     */
    ReplayedLetterPage: {
      items: components['schemas']['ReplayedLetter'][]
      /** @description null on the last page. */
      next_cursor: string | null
    }
    /**
     * ReplayPage
     * @example {
     *       "items": [
     *         {
     *           "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *           "name": "after the fix of the output",
     *           "source": "orders",
     *           "filter": {
     *             "group": "5d41402a-bc4b-2a76-b971-9d911017c592"
     *           },
     *           "state": "running",
     *           "pause_reason": null,
     *           "rate_per_s": 50,
     *           "canary": 5,
     *           "total": 412,
     *           "taken": 0,
     *           "published": 155,
     *           "succeeded": 140,
     *           "died_again": 3,
     *           "waiting": 12,
     *           "unsent": 257,
     *           "gone": 0,
     *           "undone": 0,
     *           "created_by": "maria",
     *           "created_at": "2026-11-20T11:05:00.000Z",
     *           "finished_at": null
     *         }
     *       ],
     *       "next_cursor": null
     *     }
     */
    ReplayPage: {
      items: components['schemas']['Replay'][]
      /** @description null on the last page. */
      next_cursor: string | null
    }
    /**
     * Report
     * @example {
     *       "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e9",
     *       "name": "catalogue",
     *       "run_id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *       "summary": {
     *         "items": 1204,
     *         "low_stock": 17
     *       },
     *       "created_at": "2026-11-20T05:00:03.000Z",
     *       "files": {
     *         "json": "/api/relatorios/01a1fc6d-ba26-771a-b067-b72d1b4570e9.json",
     *         "csv": "/api/relatorios/01a1fc6d-ba26-771a-b067-b72d1b4570e9.csv",
     *         "png": "/api/relatorios/01a1fc6d-ba26-771a-b067-b72d1b4570e9.png"
     *       }
     *     }
     */
    Report: {
      /** Format: date-time */
      created_at: string
      /** @description Path of each file. */
      files: {
        csv: string
        json: string
        png: string
      }
      /** Format: uuid */
      id: string
      name: string
      /** @description The run that made it, while that is kept. */
      run_id: string | null
      /** @description Its main figures; which ones depends on the report. */
      summary: {
        [key: string]: unknown
      }
    }
    /**
     * ReportPage
     * @example {
     *       "items": [
     *         {
     *           "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e9",
     *           "name": "catalogue",
     *           "run_id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *           "summary": {
     *             "items": 1204,
     *             "low_stock": 17
     *           },
     *           "created_at": "2026-11-20T05:00:03.000Z",
     *           "files": {
     *             "json": "/api/relatorios/01a1fc6d-ba26-771a-b067-b72d1b4570e9.json",
     *             "csv": "/api/relatorios/01a1fc6d-ba26-771a-b067-b72d1b4570e9.csv",
     *             "png": "/api/relatorios/01a1fc6d-ba26-771a-b067-b72d1b4570e9.png"
     *           }
     *         }
     *       ],
     *       "next_cursor": null
     *     }
     */
    ReportPage: {
      items: components['schemas']['Report'][]
      /** @description null on the last page. */
      next_cursor: string | null
    }
    /**
     * RestoredDeadLetters
     * @example {
     *       "restored": 412
     *     }
     */
    RestoredDeadLetters: {
      restored: number
    }
    /**
     * RestoreDeadLetters
     * @example {
     *       "group": "5d41402a-bc4b-2a76-b971-9d911017c592",
     *       "expected": 412
     *     }
     */
    RestoreDeadLetters: {
      /** @description How many letters these are; where they are not as many any more, nothing is changed. */
      expected?: number
      /**
       * Format: uuid
       * @description Of this group.
       */
      group?: string
      /** @description Only these. */
      ids?: string[]
      /** @description Of this message. */
      message_id?: string
      /** @description From this system or topic. */
      origin?: string
      /** @description Words, or parts of them, all of which are in the message id, the reason or the detail; case and accents do not matter. */
      q?: string
      /**
       * @description Where they came from; left out: all.
       * @enum {string}
       */
      source?: 'orders' | 'events' | 'people'
    }
    /**
     * ResumeConsumer
     * @example {
     *       "decision": "retry"
     *     }
     */
    ResumeConsumer: {
      /**
       * @description About messages that fail with this reason, for an hour. dead_letter: they die. retry: they are tried again; where they still fail, the consumer pauses again.
       * @enum {string}
       */
      decision: 'dead_letter' | 'retry'
    }
    /**
     * RetriedOrder
     * @example {
     *       "message_id": "8a4e21c0-5b7f-4c1e-9a63-0d2f4b7c9e15",
     *       "attempt": 3
     *     }
     */
    RetriedOrder: {
      /** @description The one that it has now. */
      attempt: number
      /** Format: uuid */
      message_id: string
    }
    /**
     * Run
     * @example {
     *       "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *       "job": "process_data",
     *       "slot": "2026-11-20T05:00:00.000Z",
     *       "trigger": "schedule",
     *       "state": "succeeded",
     *       "conf": {},
     *       "attempt": 1,
     *       "failures": 0,
     *       "lost": 0,
     *       "worker": "jobs-4711",
     *       "dedupe_key": null,
     *       "available_at": "2026-11-20T05:00:00.000Z",
     *       "queued_at": "2026-11-20T05:00:00.000Z",
     *       "started_at": "2026-11-20T05:00:00.100Z",
     *       "finished_at": "2026-11-20T05:00:03.000Z",
     *       "cancel_requested_at": null,
     *       "cancel_reason": null,
     *       "error": null,
     *       "result": {
     *         "items": 1204,
     *         "low_stock": 17
     *       }
     *     }
     */
    Run: {
      /** @description The attempt that runs or ran last; 0 before the first. */
      attempt: number
      /**
       * Format: date-time
       * @description When it may start, while it waits.
       */
      available_at: string
      cancel_reason: string | null
      cancel_requested_at: string | null
      conf: {
        [key: string]: unknown
      }
      dedupe_key: string | null
      error: string | null
      failures: number
      finished_at: string | null
      /** Format: uuid */
      id: string
      job: string
      /** @description Attempts whose worker died. */
      lost: number
      /** Format: date-time */
      queued_at: string
      /** @description What the job returned. */
      result: unknown
      slot: string | null
      started_at: string | null
      /** @enum {string} */
      state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'
      /** @enum {string} */
      trigger: 'schedule' | 'manual' | 'webhook' | 'backfill' | 'after'
      worker: string | null
    }
    /**
     * RunDetails
     * @example {
     *       "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *       "job": "process_data",
     *       "slot": "2026-11-20T05:00:00.000Z",
     *       "trigger": "schedule",
     *       "state": "succeeded",
     *       "conf": {},
     *       "attempt": 1,
     *       "failures": 0,
     *       "lost": 0,
     *       "worker": "jobs-4711",
     *       "dedupe_key": null,
     *       "available_at": "2026-11-20T05:00:00.000Z",
     *       "queued_at": "2026-11-20T05:00:00.000Z",
     *       "started_at": "2026-11-20T05:00:00.100Z",
     *       "finished_at": "2026-11-20T05:00:03.000Z",
     *       "cancel_requested_at": null,
     *       "cancel_reason": null,
     *       "error": null,
     *       "result": {
     *         "items": 1204,
     *         "low_stock": 17
     *       },
     *       "attempts": [
     *         {
     *           "attempt": 1,
     *           "state": "succeeded",
     *           "worker": "jobs-4711",
     *           "started_at": "2026-11-20T05:00:00.100Z",
     *           "finished_at": "2026-11-20T05:00:03.000Z",
     *           "error": null
     *         }
     *       ],
     *       "steps": [
     *         {
     *           "name": "read",
     *           "attempt": 1,
     *           "started_at": "2026-11-20T05:00:00.400Z",
     *           "finished_at": "2026-11-20T05:00:02.000Z"
     *         }
     *       ]
     *     }
     */
    RunDetails: {
      /** @description The attempt that runs or ran last; 0 before the first. */
      attempt: number
      attempts: {
        attempt: number
        error: string | null
        finished_at: string | null
        /** Format: date-time */
        started_at: string
        /** @enum {string} */
        state: 'running' | 'succeeded' | 'failed' | 'lost' | 'handed_back' | 'cancelled'
        worker: string
      }[]
      /**
       * Format: date-time
       * @description When it may start, while it waits.
       */
      available_at: string
      cancel_reason: string | null
      cancel_requested_at: string | null
      conf: {
        [key: string]: unknown
      }
      dedupe_key: string | null
      error: string | null
      failures: number
      finished_at: string | null
      /** Format: uuid */
      id: string
      job: string
      /** @description Attempts whose worker died. */
      lost: number
      /** Format: date-time */
      queued_at: string
      /** @description What the job returned. */
      result: unknown
      slot: string | null
      started_at: string | null
      /** @enum {string} */
      state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'
      /** @description The last 100 steps that it has finished. */
      steps: {
        /** @description The attempt that finished it; later ones do not do it again. */
        attempt: number
        /** Format: date-time */
        finished_at: string
        name: string
        started_at: string | null
      }[]
      /** @enum {string} */
      trigger: 'schedule' | 'manual' | 'webhook' | 'backfill' | 'after'
      worker: string | null
    }
    /**
     * RunPage
     * @example {
     *       "items": [
     *         {
     *           "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *           "job": "process_data",
     *           "slot": "2026-11-20T05:00:00.000Z",
     *           "trigger": "schedule",
     *           "state": "succeeded",
     *           "conf": {},
     *           "attempt": 1,
     *           "failures": 0,
     *           "lost": 0,
     *           "worker": "jobs-4711",
     *           "dedupe_key": null,
     *           "available_at": "2026-11-20T05:00:00.000Z",
     *           "queued_at": "2026-11-20T05:00:00.000Z",
     *           "started_at": "2026-11-20T05:00:00.100Z",
     *           "finished_at": "2026-11-20T05:00:03.000Z",
     *           "cancel_requested_at": null,
     *           "cancel_reason": null,
     *           "error": null,
     *           "result": {
     *             "items": 1204,
     *             "low_stock": 17
     *           }
     *         }
     *       ],
     *       "next_cursor": null
     *     }
     */
    RunPage: {
      items: components['schemas']['Run'][]
      /** @description null on the last page. */
      next_cursor: string | null
    }
    /**
     * SentOrders
     * @example {
     *       "sent": 1000,
     *       "from": 1,
     *       "to": 1000
     *     }
     */
    SentOrders: {
      from: number | null
      /** @description Rows whose messages the broker has confirmed. */
      sent: number
      to: number | null
    }
    /**
     * Session
     * @example {
     *       "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e9",
     *       "created_at": "2026-11-20T09:30:00.000Z",
     *       "last_used_at": "2026-11-20T12:00:00.000Z",
     *       "address": "192.0.2.17",
     *       "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
     *       "current": true
     *     }
     */
    Session: {
      address: string | null
      /**
       * Format: date-time
       * @description When it began, with a sign-in.
       */
      created_at: string
      /** @description It is the session of this request. */
      current: boolean
      /** Format: uuid */
      id: string
      /**
       * Format: date-time
       * @description Written once a minute.
       */
      last_used_at: string
      user_agent: string | null
    }
    /**
     * SessionPage
     * @example {
     *       "items": [
     *         {
     *           "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e9",
     *           "created_at": "2026-11-20T09:30:00.000Z",
     *           "last_used_at": "2026-11-20T12:00:00.000Z",
     *           "address": "192.0.2.17",
     *           "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
     *           "current": true
     *         }
     *       ],
     *       "next_cursor": null
     *     }
     */
    SessionPage: {
      items: components['schemas']['Session'][]
      /** @description null on the last page. */
      next_cursor: string | null
    }
    /** Setting */
    Setting: {
      description: string | null
      /** @description Its value is not shown. */
      is_secret: boolean
      /** @description Of the variable; of an alert rule its name, its subjects and what is changed. */
      name: string
      /** @description Those that have it so. */
      programs: ('api' | 'jobs' | 'consumers' | 'charts')[]
      /**
       * @description dotenv: a file .env, with the same value; rules_file: ALERT_RULES.
       * @enum {string}
       */
      source: 'default' | 'dotenv' | 'environment' | 'rules_file'
      /** @description In force; null where it is a secret, or unset without a default. */
      value: string | null
    }
    /**
     * Settings
     * @example {
     *       "items": [
     *         {
     *           "name": "KEEP_AUDIT_DAYS",
     *           "value": "730",
     *           "is_secret": false,
     *           "source": "default",
     *           "programs": [
     *             "jobs"
     *           ],
     *           "description": "cleanup: how many days are kept of …"
     *         }
     *       ]
     *     }
     */
    Settings: {
      items: components['schemas']['Setting'][]
    }
    /**
     * Silence
     * @example {
     *       "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *       "rule": "JOB_FAILED",
     *       "subject": "process_data",
     *       "starts_at": "2026-12-24T12:00:00.000Z",
     *       "ends_at": "2026-12-24T18:00:00.000Z",
     *       "reason": "Migration",
     *       "created_by": "admin",
     *       "created_at": "2026-12-20T09:30:00.000Z",
     *       "active": false
     *     }
     */
    Silence: {
      /** @description It lasts now. */
      active: boolean
      /** Format: date-time */
      created_at: string
      created_by: string
      /** Format: date-time */
      ends_at: string
      /** Format: uuid */
      id: string
      reason: string
      rule: string | null
      /** Format: date-time */
      starts_at: string
      subject: string | null
    }
    /**
     * SilencePage
     * @example {
     *       "items": [
     *         {
     *           "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *           "rule": "JOB_FAILED",
     *           "subject": "process_data",
     *           "starts_at": "2026-12-24T12:00:00.000Z",
     *           "ends_at": "2026-12-24T18:00:00.000Z",
     *           "reason": "Migration",
     *           "created_by": "admin",
     *           "created_at": "2026-12-20T09:30:00.000Z",
     *           "active": false
     *         }
     *       ],
     *       "next_cursor": null
     *     }
     */
    SilencePage: {
      items: components['schemas']['Silence'][]
      /** @description null on the last page. */
      next_cursor: string | null
    }
    /**
     * Slot
     * @example {
     *       "slot": "2026-11-20T05:00:00.000Z",
     *       "slot_until": null,
     *       "count": 1,
     *       "state": "ran",
     *       "run_id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *       "holiday": null,
     *       "backfilled": 0
     *     }
     */
    Slot: {
      /** @description How many of them a backfill has given a run since. */
      backfilled: number
      count: number
      holiday: string | null
      run_id: string | null
      /** Format: date-time */
      slot: string
      slot_until: string | null
      /** @enum {string} */
      state:
        | 'queued'
        | 'ran'
        | 'late'
        | 'caught_up'
        | 'skipped'
        | 'missed'
        | 'paused'
        | 'cancelled'
        | 'backfilled'
        | 'holiday'
    }
    /**
     * SlotPage
     * @example {
     *       "items": [
     *         {
     *           "slot": "2026-11-20T05:00:00.000Z",
     *           "slot_until": null,
     *           "count": 1,
     *           "state": "ran",
     *           "run_id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *           "holiday": null,
     *           "backfilled": 0
     *         }
     *       ],
     *       "next_cursor": null
     *     }
     */
    SlotPage: {
      items: components['schemas']['Slot'][]
      /** @description null on the last page. */
      next_cursor: string | null
    }
    /**
     * StartReplay
     * @description Give filter or ids. The canary is 5 letters when absent.
     * @example {
     *       "name": "after the fix of the output",
     *       "source": "orders",
     *       "filter": {
     *         "group": "5d41402a-bc4b-2a76-b971-9d911017c592"
     *       },
     *       "rate_per_s": 50,
     *       "canary": 5
     *     }
     */
    StartReplay: {
      /** @description Letters that go alone first; the rest goes only when all of them succeeded. 0: none. */
      canary?: number
      /** @description true: says what it would do, and does nothing. */
      dry_run?: boolean
      /** @description Dead letters that fit all of it; {} is all of the source. */
      filter?: {
        /**
         * Format: uuid
         * @description Of this group.
         */
        group?: string
        /** @description Of this message. */
        message_id?: string
        /** @description From this system or topic. */
        origin?: string
        /** @description As in GET /dead-letters. */
        q?: string
      }
      /** @description These dead letters. */
      ids?: string[]
      /** @description Tells it from others. */
      name: string
      /** @description Letters a second; 50 when absent. */
      rate_per_s?: number
      /**
       * @description Where they came from.
       * @enum {string}
       */
      source: 'orders' | 'events' | 'people'
    }
    /** StreamGroup */
    StreamGroup: {
      /** @description Until all is finished at these rates; null where it never is, or they are not known. */
      clear_s: number | null
      /** @description The same of messages that the group has finished. */
      finished_per_s: number | null
      group: string
      /** @description Messages that are not finished. */
      lag: number
      /** @description That have a partition. */
      members: number
      /** @description None where the topic is missing: never written, or deleted. */
      partitions: {
        /** @description Until all is finished at these rates; null where it never is, or they are not known. */
        clear_s: number | null
        /** @description The offset that the group reads next. */
        committed: number
        /** @description The offset that the next message gets. */
        end: number
        /** @description The same of messages that the group has finished. */
        finished_per_s: number | null
        /** @description Messages that are not finished. */
        lag: number
        /** @description Which reads it; null: none does now. */
        member: string | null
        partition: number
        /** @description Messages a second over the last five minutes, by the observations of the probe; null before the first. */
        produced_per_s: number | null
        /** @description How long the oldest of them has been in the stream; 0 when there is none, null when it is not known. */
        waited_s: number | null
      }[]
      /** @description Messages a second over the last five minutes, by the observations of the probe; null before the first. */
      produced_per_s: number | null
      /** @description The worst of each of up to 120 parts of the time, oldest first, without those that nobody observed; only with `hours`. */
      series?: {
        /** Format: date-time */
        at: string
        lag: number
        /** @description Of the oldest message then. */
        waited_s: number | null
      }[]
      /**
       * @description paused: by a storm of failures, until somebody decides. nobody_reads: no member has a partition. stuck: the oldest message of a partition waits for a minute, and none of it was finished. falling_behind and catching_up: by the rates; behind: these are not known yet. in_time: nothing waits for longer than 15 s.
       * @enum {string}
       */
      state:
        'paused' | 'nobody_reads' | 'stuck' | 'falling_behind' | 'topic_missing' | 'behind' | 'catching_up' | 'in_time'
      topic: string
      /** @description Of the lag, over the same five minutes. */
      trend: ('growing' | 'steady' | 'falling') | null
      /** @description How long the oldest of them has been in the stream; 0 when there is none, null when it is not known. */
      waited_s: number | null
    }
    /**
     * Streams
     * @example {
     *       "read_at": "2026-11-20T09:30:00.000Z",
     *       "topics": [
     *         {
     *           "topic": "events",
     *           "partitions": 1,
     *           "messages": 1200,
     *           "groups": [
     *             "doca-events"
     *           ]
     *         }
     *       ],
     *       "groups": [
     *         {
     *           "group": "doca-events",
     *           "topic": "events",
     *           "state": "catching_up",
     *           "members": 1,
     *           "lag": 200,
     *           "waited_s": 41.5,
     *           "produced_per_s": 2,
     *           "finished_per_s": 12,
     *           "clear_s": 20,
     *           "trend": "falling",
     *           "partitions": [
     *             {
     *               "partition": 0,
     *               "member": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *               "committed": 1000,
     *               "end": 1200,
     *               "lag": 200,
     *               "waited_s": 41.5,
     *               "produced_per_s": 2,
     *               "finished_per_s": 12,
     *               "clear_s": 20
     *             }
     *           ],
     *           "series": [
     *             {
     *               "at": "2026-11-20T09:29:30.000Z",
     *               "lag": 500,
     *               "waited_s": 60
     *             }
     *           ]
     *         }
     *       ]
     *     }
     */
    Streams: {
      /** @description One for each topic that a group reads, the worst first. */
      groups: components['schemas']['StreamGroup'][]
      /** Format: date-time */
      read_at: string
      topics: components['schemas']['StreamTopic'][]
    }
    /** StreamTopic */
    StreamTopic: {
      /** @description That read it. */
      groups: string[]
      /** @description That are kept. */
      messages: number
      partitions: number
      topic: string
    }
    /**
     * System
     * @example {
     *       "timestamp": "2026-11-20T09:30:00.000Z",
     *       "version": "0.1.0",
     *       "bun": "1.4.5",
     *       "platform": "linux x64",
     *       "roles": [
     *         {
     *           "role": "database",
     *           "engine": "PostgreSQL",
     *           "version": "18.4",
     *           "placement": "server",
     *           "where": "postgres://database.example.com:5432/doca",
     *           "status": "ok",
     *           "latency_ms": 0.8
     *         }
     *       ],
     *       "programs": [
     *         {
     *           "program": "api",
     *           "host": "doca-1",
     *           "pid": 4711,
     *           "status": "ok",
     *           "started_at": "2026-11-19T08:00:00.000Z",
     *           "seen_at": "2026-11-20T09:29:55.000Z",
     *           "version": "0.1.0",
     *           "bun": "1.4.5",
     *           "memory_bytes": 104857600,
     *           "loop_delay_ms": 4
     *         }
     *       ],
     *       "disk": {
     *         "folder": "/var/lib/doca",
     *         "free_bytes": 53687091200,
     *         "size_bytes": 107374182400,
     *         "data_bytes": 1073741824,
     *         "full_at": "2027-03-01T00:00:00.000Z"
     *       },
     *       "backups": {
     *         "last_proven_at": "2026-11-16T04:00:12.000Z",
     *         "items": [
     *           {
     *             "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *             "started_at": "2026-11-20T03:30:00.000Z",
     *             "finished_at": "2026-11-20T03:30:09.000Z",
     *             "ok": true,
     *             "error": null,
     *             "file": "doca-20261120T033000Z.tar.zst.age",
     *             "folder": "/var/lib/doca/backups",
     *             "size_bytes": 52428800,
     *             "encrypted": true,
     *             "copied_at": "2026-11-20T03:30:20.000Z",
     *             "drilled_at": null,
     *             "drill_ok": null,
     *             "drill_error": null
     *           }
     *         ]
     *       },
     *       "migrations": {
     *         "count": 18,
     *         "newest": "0017_monitors",
     *         "pending": []
     *       }
     *     }
     */
    System: {
      backups: {
        /** @description Newest first. */
        items: components['schemas']['SystemBackup'][]
        last_proven_at: string | null
      }
      bun: string
      disk: {
        /** @description The size of the folder; null while it is measured. */
        data_bytes: number | null
        /** @description DATA_DIR of the process that answers. */
        folder: string
        free_bytes: number
        full_at: string | null
        size_bytes: number
      }
      migrations: {
        /** @description Those that the database has run. */
        count: number
        newest: string | null
        pending: string[]
      }
      platform: string
      /** @description Every process that was started and not stopped. */
      programs: components['schemas']['SystemProgram'][]
      roles: components['schemas']['SystemRole'][]
      /** Format: date-time */
      timestamp: string
      /** @description Of the process that answers. */
      version: string
    }
    /** SystemBackup */
    SystemBackup: {
      copied_at: string | null
      drill_error: string | null
      drill_ok: boolean | null
      drilled_at: string | null
      encrypted: boolean
      error: string | null
      file: string
      finished_at: string | null
      /** @description Where it was written to. */
      folder: string
      /** Format: uuid */
      id: string
      /** @description null while it is made. */
      ok: boolean | null
      size_bytes: number | null
      /** Format: date-time */
      started_at: string
    }
    /** SystemProgram */
    SystemProgram: {
      bun: string | null
      host: string
      /** @description The longest that its event loop was kept before its last heartbeat. */
      loop_delay_ms: number | null
      /** @description Resident, at its last heartbeat. */
      memory_bytes: number | null
      pid: number
      /** @enum {string} */
      program: 'api' | 'jobs' | 'consumers' | 'charts'
      /**
       * Format: date-time
       * @description Its last heartbeat.
       */
      seen_at: string
      /** Format: date-time */
      started_at: string
      /**
       * @description silent: no heartbeat for half a minute, and not stopped.
       * @enum {string}
       */
      status: 'ok' | 'silent'
      /** @description Of Doca. */
      version: string | null
    }
    /** SystemRole */
    SystemRole: {
      /** @description PostgreSQL, Redis, Kafka, …, or files. */
      engine: string
      latency_ms: number
      /**
       * @description A server of its own, the embedded one, tables in the database, or files below DATA_DIR.
       * @enum {string}
       */
      placement: 'server' | 'embedded' | 'tables' | 'files'
      /** @enum {string} */
      role: 'database' | 'cache' | 'stream' | 'queue' | 'history' | 'journal' | 'objects'
      /** @enum {string} */
      status: 'ok' | 'down'
      /** @description null where it has none, or is not known yet. */
      version: string | null
      /** @description Its address, without user, password and parameters. */
      where: string | null
    }
    /**
     * Tokens
     * @example {
     *       "access_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIwMWEx.c2lnbmF0dXJl",
     *       "token_type": "Bearer",
     *       "expires_in": 900,
     *       "refresh_token": "q0Jd1mN8Yc2xkP4vZ7sT5wR3uH6bE9aF"
     *     }
     */
    Tokens: {
      /** @description For `Authorization: Bearer …`. */
      access_token: string
      /** @description Seconds that the access token lives. */
      expires_in: number
      /** @description For POST /token/refresh, once. */
      refresh_token: string
      /** @constant */
      token_type: 'Bearer'
    }
    /**
     * Trigger
     * @example {
     *       "conf": {}
     *     }
     */
    Trigger: {
      /** @description Handed to the job as its conf. */
      conf?: {
        [key: string]: unknown
      }
    }
    /**
     * TwoFactorOff
     * @example {
     *       "enabled": false
     *     }
     */
    TwoFactorOff: {
      /** @constant */
      enabled: false
    }
    /**
     * TwoFactorOn
     * @example {
     *       "enabled": true,
     *       "recovery_codes": [
     *         "k7mq-3xvd-9tpa",
     *         "w2hn-8rzc-5jfe"
     *       ]
     *     }
     */
    TwoFactorOn: {
      /** @constant */
      enabled: true
      /** @description Ten, each good once instead of a code. Shown only now. */
      recovery_codes: string[]
    }
    /**
     * UploadedWorkbook
     * @example {
     *       "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *       "key": "uploads/vendas.xlsx",
     *       "name": "vendas.xlsx",
     *       "size_bytes": 9216,
     *       "version": "f3b1c2"
     *     }
     */
    UploadedWorkbook: {
      /**
       * Format: uuid
       * @description Of the chart: GET /charts/{id}.
       */
      id: string
      /** @description Object key; items of GET /charts carry it as source_key. */
      key: string
      name: string
      size_bytes: number
      version: string
    }
    /**
     * User
     * @example {
     *       "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *       "username": "maria",
     *       "role": "operator",
     *       "email": "maria@example.com",
     *       "must_change_password": false,
     *       "disabled_at": null,
     *       "locked": false,
     *       "two_factor": true,
     *       "is_service": false,
     *       "version": 3,
     *       "created_at": "2026-11-02T12:00:00.000Z",
     *       "updated_at": "2026-11-20T09:30:00.000Z"
     *     }
     */
    User: {
      /** Format: date-time */
      created_at: string
      disabled_at: string | null
      email: string | null
      /** Format: uuid */
      id: string
      /** @description SERVICE_USERNAME, as which jobs ask this API. */
      is_service: boolean
      /** @description Failed sign-ins make some place wait: a browser, an address or a network. */
      locked: boolean
      /** @description Somebody else chose the password, and it was not changed yet. */
      must_change_password: boolean
      /** @enum {string} */
      role: 'viewer' | 'operator' | 'admin'
      /** @description Signing in takes a code. */
      two_factor: boolean
      /** Format: date-time */
      updated_at: string
      username: string
      /** @description The ETag, without its quotes. */
      version: number
    }
    /**
     * UserChange
     * @example {
     *       "role": "operator"
     *     }
     * @example {
     *       "unlock": true
     *     }
     */
    UserChange: {
      /** @description true: may not sign in, and every session ends. */
      disabled?: boolean
      email?: string | null
      /** @description 12 to 256 Unicode characters, of any kind, not only blanks (422 password_blank), and not easily guessed (422 password_common). */
      password?: string
      /**
       * @description Turns two-factor sign-in off, for a lost phone; every session ends.
       * @constant
       */
      reset_2fa?: true
      /** @enum {string} */
      role?: 'viewer' | 'operator' | 'admin'
      /**
       * @description Forgets failed sign-ins, so that nothing has to wait.
       * @constant
       */
      unlock?: true
    }
    /**
     * UserPage
     * @example {
     *       "items": [
     *         {
     *           "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *           "username": "maria",
     *           "role": "operator",
     *           "email": "maria@example.com",
     *           "must_change_password": false,
     *           "disabled_at": null,
     *           "locked": false,
     *           "two_factor": true,
     *           "is_service": false,
     *           "version": 3,
     *           "created_at": "2026-11-02T12:00:00.000Z",
     *           "updated_at": "2026-11-20T09:30:00.000Z"
     *         }
     *       ],
     *       "next_cursor": null
     *     }
     */
    UserPage: {
      items: components['schemas']['User'][]
      /** @description null on the last page. */
      next_cursor: string | null
    }
    /**
     * WebhookTrigger
     * @example {
     *       "dag_id": "process_data",
     *       "conf": {},
     *       "event_id": "4711"
     *     }
     */
    WebhookTrigger: {
      /** @description Handed to the job as its conf. */
      conf?: {
        [key: string]: unknown
      }
      /** @description The same, as Airflow calls it. */
      dag_id?: string
      /** @description Sent again, it gives the run of the first time. */
      event_id?: string
      /** @description The name of a job here. */
      job?: string
    } & (unknown | unknown)
    /**
     * WholeDeadLetter
     * @example {
     *       "id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
     *       "source": "orders",
     *       "step": "process",
     *       "reason": "attempts_spent",
     *       "message_id": "8a4e21c0-5b7f-4c1e-9a63-0d2f4b7c9e15",
     *       "replay": 0,
     *       "origin": "b",
     *       "attempts": 5,
     *       "detail": "Not done after 5 attempts; it needs 6.",
     *       "group": "5d41402a-bc4b-2a76-b971-9d911017c592",
     *       "state": "dead",
     *       "died_at": "2026-11-20T09:31:10.000Z",
     *       "left_at": null,
     *       "bin_until": null,
     *       "edited_from": null,
     *       "size_bytes": 182,
     *       "cause": "Not done after … attempts; it needs ….",
     *       "readable": true,
     *       "headers": {
     *         "version": "1",
     *         "trace_id": "5b7f4c1e9a630d2f4b7c9e158a4e21c0"
     *       },
     *       "body": {
     *         "encoding": "utf8",
     *         "text": "{\"message_id\":\"8a4e21c0-5b7f-4c1e-9a63-0d2f4b7c9e15\"}",
     *         "shown_bytes": 53,
     *         "has_controls": false
     *       },
     *       "editable": [
     *         {
     *           "field": "required_attempts",
     *           "value": 6,
     *           "type": "integer",
     *           "minimum": 1,
     *           "maximum": 1000,
     *           "description": "The attempt on which it succeeds."
     *         }
     *       ],
     *       "changes": [],
     *       "others": [],
     *       "replays": []
     *     }
     */
    WholeDeadLetter: {
      attempts: number
      bin_until: string | null
      body: {
        /**
         * @description base64 where the bytes are no UTF-8.
         * @enum {string}
         */
        encoding: 'utf8' | 'base64'
        /** @description Whether the text has characters that are not seen or change how others are, such as escape sequences. */
        has_controls: boolean
        /** @description How many bytes the text stands for; GET /dead-letters/{id}/body has all. */
        shown_bytes: number
        text: string
      }
      /** @description The detail with its ids, numbers and quoted texts blanked. */
      cause: string
      /** @description What an edited copy has otherwise than its original. */
      changes: {
        after: string | number | boolean
        before: string | number | boolean
        field: string
      }[]
      detail: string
      /** Format: date-time */
      died_at: string
      /** @description The fields that PUT /dead-letters/{id} changes; none where it is not dead, or cannot be read. */
      editable: {
        description: string | null
        field: string
        maximum: number | null
        minimum: number | null
        /** @description As in JSON Schema, e.g. integer. */
        type: string
        value: string | number | boolean
      }[]
      edited_from: string | null
      /**
       * Format: uuid
       * @description Its group.
       */
      group: string
      headers: {
        [key: string]: string
      }
      /**
       * Format: uuid
       * @description Of the letter; its message may have others.
       */
      id: string
      left_at: string | null
      /** @description As the broker had it, where the message cannot be read. */
      message_id: string
      origin: string | null
      /** @description The other letters of the same message, newest first: where it died again, and edited copies. */
      others: {
        /** @description What an edited copy has otherwise than its original. */
        changes: {
          after: string | number | boolean
          before: string | number | boolean
          field: string
        }[]
        /** Format: date-time */
        died_at: string
        edited_from: string | null
        /**
         * Format: uuid
         * @description Of the letter.
         */
        id: string
        replay: number
        /**
         * @description dead: it waits for somebody. replayed: its message was published again. purged: it is in the bin. replaced: an edited copy stands for it.
         * @enum {string}
         */
        state: 'dead' | 'replayed' | 'purged' | 'replaced'
      }[]
      /** @description Whether its source could read the message, and knows its journey. */
      readable: boolean
      /** @description A stable code. */
      reason: string
      /** @description How often the message had been replayed before it died. */
      replay: number
      /** @description The replays that it was in, newest first, and what became of it there. */
      replays: {
        died_as: string | null
        ended_at: string | null
        name: string
        /**
         * Format: uuid
         * @description Of the replay.
         */
        replay_id: string
        sent_at: string | null
        /**
         * @description As in GET /replays/{id}/letters.
         * @enum {string}
         */
        state: 'pending' | 'sending' | 'sent' | 'succeeded' | 'died_again' | 'gone' | 'undone'
      }[]
      /** @description Of its body. */
      size_bytes: number
      /** @enum {string} */
      source: 'orders' | 'events' | 'people'
      /**
       * @description dead: it waits for somebody. replayed: its message was published again. purged: it is in the bin. replaced: an edited copy stands for it.
       * @enum {string}
       */
      state: 'dead' | 'replayed' | 'purged' | 'replaced'
      /** @description What failed, e.g. decode, process, queue. */
      step: string
    }
  }
  responses: {
    /** @description Bad Request */
    BadRequest: {
      headers: {
        'Content-Language': components['headers']['Content-Language']
        'X-Request-Id': components['headers']['X-Request-Id']
        [name: string]: unknown
      }
      content: {
        /**
         * @example {
         *       "type": "/docs/problems/body_not_json",
         *       "title": "Bad Request",
         *       "status": 400,
         *       "detail": "The body is not valid JSON.",
         *       "code": "body_not_json",
         *       "request_id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8"
         *     }
         */
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description Conflict */
    Conflict: {
      headers: {
        'Content-Language': components['headers']['Content-Language']
        'X-Request-Id': components['headers']['X-Request-Id']
        [name: string]: unknown
      }
      content: {
        /**
         * @example {
         *       "type": "/docs/problems/idempotency_key_running",
         *       "title": "Conflict",
         *       "status": 409,
         *       "detail": "The request with this Idempotency-Key is still running; send it again in a moment for its answer.",
         *       "code": "idempotency_key_running",
         *       "request_id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8"
         *     }
         */
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description Forbidden */
    Forbidden: {
      headers: {
        'Content-Language': components['headers']['Content-Language']
        'X-Request-Id': components['headers']['X-Request-Id']
        [name: string]: unknown
      }
      content: {
        /**
         * @example {
         *       "type": "/docs/problems/forbidden",
         *       "title": "Forbidden",
         *       "status": 403,
         *       "detail": "This needs the role operator; you are signed in as viewer.",
         *       "code": "forbidden",
         *       "request_id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8"
         *     }
         */
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description Internal Server Error */
    InternalServerError: {
      headers: {
        'Content-Language': components['headers']['Content-Language']
        'X-Request-Id': components['headers']['X-Request-Id']
        [name: string]: unknown
      }
      content: {
        /**
         * @example {
         *       "type": "/docs/problems/internal_error",
         *       "title": "Internal Server Error",
         *       "status": 500,
         *       "detail": "Something went wrong here; the log has it under this request_id.",
         *       "code": "internal_error",
         *       "request_id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8"
         *     }
         */
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description Not Found */
    NotFound: {
      headers: {
        'Content-Language': components['headers']['Content-Language']
        'X-Request-Id': components['headers']['X-Request-Id']
        [name: string]: unknown
      }
      content: {
        /**
         * @example {
         *       "type": "/docs/problems/run_not_found",
         *       "title": "Not Found",
         *       "status": 404,
         *       "detail": "No run has the id 01a1fc6d-ba26-771a-b067-b72d1b4570e8.",
         *       "code": "run_not_found",
         *       "request_id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8"
         *     }
         */
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description Not Modified */
    NotModified: {
      headers: {
        ETag: components['headers']['ETag']
        [name: string]: unknown
      }
      content?: never
    }
    /** @description Payload Too Large */
    PayloadTooLarge: {
      headers: {
        'Content-Language': components['headers']['Content-Language']
        'X-Request-Id': components['headers']['X-Request-Id']
        [name: string]: unknown
      }
      content: {
        /**
         * @example {
         *       "type": "/docs/problems/body_too_large",
         *       "title": "Payload Too Large",
         *       "status": 413,
         *       "detail": "The body is larger than 1024 KiB.",
         *       "code": "body_too_large",
         *       "request_id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8"
         *     }
         */
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description Precondition Failed */
    PreconditionFailed: {
      headers: {
        'Content-Language': components['headers']['Content-Language']
        'X-Request-Id': components['headers']['X-Request-Id']
        [name: string]: unknown
      }
      content: {
        /**
         * @example {
         *       "type": "/docs/problems/version_mismatch",
         *       "title": "Precondition Failed",
         *       "status": 412,
         *       "detail": "Somebody changed it in the meantime; read it again, then repeat.",
         *       "code": "version_mismatch",
         *       "request_id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8"
         *     }
         */
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description Request Header Fields Too Large */
    RequestHeaderFieldsTooLarge: {
      headers: {
        'Content-Language': components['headers']['Content-Language']
        'X-Request-Id': components['headers']['X-Request-Id']
        [name: string]: unknown
      }
      content: {
        /**
         * @example {
         *       "type": "/docs/problems/headers_too_large",
         *       "title": "Request Header Fields Too Large",
         *       "status": 431,
         *       "detail": "The address and the headers are larger than 16 KiB.",
         *       "code": "headers_too_large",
         *       "request_id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8"
         *     }
         */
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description Service Unavailable */
    ServiceUnavailable: {
      headers: {
        'Content-Language': components['headers']['Content-Language']
        'Retry-After': components['headers']['Retry-After']
        'X-Request-Id': components['headers']['X-Request-Id']
        [name: string]: unknown
      }
      content: {
        /**
         * @example {
         *       "type": "/docs/problems/database_unavailable",
         *       "title": "Service Unavailable",
         *       "status": 503,
         *       "detail": "The database cannot be reached now; try again in a moment.",
         *       "code": "database_unavailable",
         *       "request_id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8"
         *     }
         */
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description Too Many Requests */
    TooManyRequests: {
      headers: {
        'Content-Language': components['headers']['Content-Language']
        'RateLimit-Limit': components['headers']['RateLimit-Limit']
        'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
        'RateLimit-Reset': components['headers']['RateLimit-Reset']
        'Retry-After': components['headers']['Retry-After']
        'X-Request-Id': components['headers']['X-Request-Id']
        [name: string]: unknown
      }
      content: {
        /**
         * @example {
         *       "type": "/docs/problems/rate_limited",
         *       "title": "Too Many Requests",
         *       "status": 429,
         *       "detail": "More than 600 requests a minute; try again in 12 s.",
         *       "code": "rate_limited",
         *       "request_id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8"
         *     }
         */
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description Unauthorized */
    Unauthorized: {
      headers: {
        'Content-Language': components['headers']['Content-Language']
        'WWW-Authenticate': components['headers']['WWW-Authenticate']
        'X-Request-Id': components['headers']['X-Request-Id']
        [name: string]: unknown
      }
      content: {
        /**
         * @example {
         *       "type": "/docs/problems/unauthorized",
         *       "title": "Unauthorized",
         *       "status": 401,
         *       "detail": "Sign in at POST /login and send the token as `Authorization: Bearer …`.",
         *       "code": "unauthorized",
         *       "request_id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8"
         *     }
         */
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description Unprocessable Entity */
    UnprocessableEntity: {
      headers: {
        'Content-Language': components['headers']['Content-Language']
        'X-Request-Id': components['headers']['X-Request-Id']
        [name: string]: unknown
      }
      content: {
        /**
         * @example {
         *       "type": "/docs/problems/validation_failed",
         *       "title": "Unprocessable Entity",
         *       "status": 422,
         *       "detail": "The request does not fit; see errors.",
         *       "code": "validation_failed",
         *       "request_id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8",
         *       "errors": [
         *         {
         *           "path": "/limit",
         *           "message": "must be an integer from 1 to 100"
         *         }
         *       ]
         *     }
         */
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description Unsupported Media Type */
    UnsupportedMediaType: {
      headers: {
        'Content-Language': components['headers']['Content-Language']
        'X-Request-Id': components['headers']['X-Request-Id']
        [name: string]: unknown
      }
      content: {
        /**
         * @example {
         *       "type": "/docs/problems/body_type_unsupported",
         *       "title": "Unsupported Media Type",
         *       "status": 415,
         *       "detail": "Send application/json, not text/plain.",
         *       "code": "body_type_unsupported",
         *       "request_id": "01a1fc6d-ba26-771a-b067-b72d1b4570e8"
         *     }
         */
        'application/problem+json': components['schemas']['Problem']
      }
    }
  }
  parameters: {
    /** @description What happened. */
    action:
      | 'user.created'
      | 'user.role_changed'
      | 'user.disabled'
      | 'user.enabled'
      | 'user.unlocked'
      | 'user.email_changed'
      | 'password.changed'
      | 'password.reset'
      | 'service_password.renewed'
      | 'sign_in.succeeded'
      | 'sign_in.locked'
      | 'session.proved'
      | 'session.ended'
      | 'session.all_ended'
      | 'session.refresh_reused'
      | 'api_key.created'
      | 'api_key.deleted'
      | 'two_factor.enrolled'
      | 'two_factor.enabled'
      | 'two_factor.disabled'
      | 'two_factor.reset'
      | 'two_factor.recovery_code_used'
      | 'two_factor.recovery_codes_renewed'
      | 'job.triggered'
      | 'job.paused'
      | 'job.resumed'
      | 'job.backfilled'
      | 'job.forgotten'
      | 'job.queue_cancelled'
      | 'run.retried'
      | 'run.cancelled'
      | 'alert.acknowledged'
      | 'silence.created'
      | 'silence.ended'
      | 'packaging.created'
      | 'packaging.changed'
      | 'packaging.deleted'
      | 'packaging.restored'
      | 'packaging.imported'
      | 'chart.uploaded'
      | 'chart.deleted'
      | 'events.posted'
      | 'events.consumer_resumed'
      | 'people.consumer_resumed'
      | 'orders.filled'
      | 'orders.sent'
      | 'orders.retried_now'
      | 'dead_letters.noted'
      | 'orders.consumer_resumed'
      | 'dead_letters.purged'
      | 'dead_letters.restored'
      | 'dead_letters.edited'
      | 'dead_letters.edit_undone'
      | 'replay.started'
      | 'replay.paused'
      | 'replay.resumed'
      | 'replay.cancelled'
    /** @description Name or id of the user who acted; case does not matter. */
    actor: string
    /** @description next_cursor of the page before. */
    cursor: string
    /** @description 1: as Excel in Brazil opens it; 0: plain. Left out: by Accept-Language, plain where it asks for nothing. */
    excel: '1' | '0'
    /** @description From this time on. */
    from: string
    /** @description Runs whose slot, or where they have none, whose queueing is not before this. */
    from2: string
    /** @description Of this group. */
    group: string
    /** @description The id. */
    id: string
    /** @description Send the same key again to get the first answer again, for a day, instead of doing it twice: 409 while the first request runs, 422 with another request. A request that was refused leaves its key free. */
    'Idempotency-Key': string
    /** @description The ETag of what was read: 412 when somebody changed it since. */
    'If-Match': string
    /** @description The ETag of what is known: 304 when that is still so. */
    'If-None-Match': string
    /** @description The id of the last event that arrived; what came after it follows. Browsers send it themselves. */
    'Last-Event-ID': string
    /** @description Items per page. */
    limit: number
    /** @description true: stock at or below the reorder level. */
    low_stock: boolean
    /** @description Items of this material. */
    material: 'paper' | 'plastic' | 'glass' | 'metal' | 'wood' | 'other'
    /** @description The id of the message. */
    message_id: string
    /** @description Of this message. */
    message_id2: string
    /** @description The name of a job. */
    name: string
    /** @description Of this system. */
    origin: string
    /** @description From this system or topic. */
    origin2: string
    /** @description Words, or parts of them, all of which are in the sku, the name, the supplier or the tags; case and accents do not matter. */
    q: string
    /** @description A part of the product, or the beginning of the message id; case does not matter. */
    q2: string
    /** @description Words, or parts of them, all of which are in the message id, the reason or the detail; case and accents do not matter. */
    q3: string
    /** @description Items that are recyclable, or are not. */
    recyclable: boolean
    /** @description Those with it TRUE, or FALSE. */
    security_check: boolean
    /** @description The item with exactly this sku. */
    sku: string
    /** @description Where they came from; left out: all. */
    source: 'orders' | 'events' | 'people'
    /** @description Runs in this state. */
    state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'
    /** @description The name of an order system, as SYSTEMS has it. */
    system: string
    /** @description Name of what it happened to: a user, a job, the sku of an item, a file; case does not matter. */
    target: string
    /** @description Before this time. */
    to: string
    /** @description And before this. */
    to2: string
    /** @description The token of the push URL. */
    token: string
    /** @description Runs that were started so. */
    trigger: 'schedule' | 'manual' | 'webhook' | 'backfill' | 'after'
    /** @description Items that were created or changed after this time. */
    updated_after: string
  }
  requestBodies: never
  headers: {
    /** @description The name of the file. */
    'Content-Disposition': string
    /** @description The language of the sentences. */
    'Content-Language': 'pt-BR' | 'en'
    /** @description The version of the answer, for If-None-Match; of what can be changed, for If-Match, too. */
    ETag: string
    /** @description true: the answer of the first request with this Idempotency-Key. */
    'Idempotency-Replayed': 'true'
    /** @description The path of what was made. */
    Location: string
    /** @description Requests a minute. */
    'RateLimit-Limit': number
    /** @description How many more are allowed now. */
    'RateLimit-Remaining': number
    /** @description Seconds until the count begins anew. */
    'RateLimit-Reset': number
    /** @description Seconds to wait before the next try. */
    'Retry-After': number
    /** @description With `cookie: true`: the session, HttpOnly and SameSite=Strict. */
    'Set-Cookie': string
    /** @description How to sign in. */
    'WWW-Authenticate': string
    /** @description The id of this request in the logs: the one that the request named, or a new one. */
    'X-Request-Id': string
  }
  pathItems: never
}
export type $defs = Record<string, never>
export interface operations {
  post2faDisable: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['CodeAlone']
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['TwoFactorOff']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  post2faEnable: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['Empty']
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Enrolment']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  post2faRecoveryCodes: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['PasswordAndCode']
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['RecoveryCodes']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  post2faVerify: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['Code']
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'Set-Cookie': components['headers']['Set-Cookie']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json':
            | (components['schemas']['Tokens'] | components['schemas']['CookieSession'])
            | components['schemas']['TwoFactorOn']
            | components['schemas']['Proved']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getAlerts: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before. */
        cursor?: components['parameters']['cursor']
        /** @description Items per page. */
        limit?: components['parameters']['limit']
        /** @description true: those that fire, that nobody has taken note of, that no silence holds back, and that are no consequence of another. */
        needs_person?: boolean
        /** @description A part of the subject, or of the name of the rule; case does not matter. */
        q?: string
        /** @description Alerts of this rule. */
        rule?:
          | 'DB_CONNECTION_LOST'
          | 'API_DOWN'
          | 'API_HIGH_LATENCY'
          | 'CACHE_CONNECTION_LOST'
          | 'PROGRAM_SILENT'
          | 'CLOCK_JUMPED'
          | 'LOOP_BLOCKED'
          | 'JOB_SILENT'
          | 'LOW_DISK_SPACE'
          | 'JOB_FAILED'
          | 'JOB_GONE'
          | 'JOB_INVALID'
          | 'JOB_MISSED'
          | 'QUEUE_DEAD'
          | 'CONSUMER_PAUSED'
          | 'QUEUE_LAG'
          | 'DEAD_LETTERS_NEW'
          | 'DEAD_LETTERS_GROW'
          | 'STREAM_LAG'
          | 'DATA_STALE'
          | 'BACKUP_STALE'
          | 'WAL_NOT_KEPT'
          | 'MONITOR_DOWN'
          | 'CERTIFICATE_ENDS'
          | 'PING_OVERDUE'
          | 'PING_FAILED'
          | 'CHANNEL_DOWN'
          | 'AIRFLOW_DAG_FAILED'
        /** @description Alerts of this severity. */
        severity?: 'INFO' | 'WARNING' | 'ERROR' | 'CRITICAL'
        /** @description true: those that a silence keeps from being told. */
        silenced?: boolean
        /** @description worst: what lasts before what is over, what nobody has noted before what somebody has, then by severity, and what has lasted longest first. */
        sort?: 'newest' | 'worst'
        /** @description Alerts in this state. */
        state?: 'pending' | 'firing' | 'resolved'
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['AlertPage']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getAlertsById: {
    parameters: {
      query?: never
      header?: {
        /** @description The ETag of what is known: 304 when that is still so. */
        'If-None-Match'?: components['parameters']['If-None-Match']
      }
      path: {
        /** @description The id. */
        id: components['parameters']['id']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['AlertDetails']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postAlertsByIdAck: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id. */
        id: components['parameters']['id']
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['Acknowledgement']
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Alert']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getAlertsStream: {
    parameters: {
      query?: never
      header?: {
        /** @description The id of the last event that arrived; what came after it follows. Browsers send it themselves. */
        'Last-Event-ID'?: components['parameters']['Last-Event-ID']
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          /**
           * @example retry: 2000
           *
           *     event: alert
           *     id: 1763607631000000
           *     data: {"id":"01a1fc6d-ba26-771a-b067-b72d1b4570e8","name":"JOB_FAILED","rule":"JOB_FAILED","title":"the job process_data failed","subject":"process_data","severity":"ERROR","state":"firing","detail":"The API has not answered within 30 s.","failures":1,"opened_at":"2026-11-20T05:00:31.000Z","last_failed_at":"2026-11-20T05:00:31.000Z","fired_at":"2026-11-20T05:00:31.000Z","resolved_at":null,"acknowledged_at":null,"acknowledged_by":null,"acknowledged_note":null,"caused_by":null,"flapping_at":null,"steady_at":null,"silenced":false}
           */
          'text/event-stream': string
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getApiRelatorios: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before. */
        cursor?: components['parameters']['cursor']
        /** @description Made from this time on. */
        from?: string
        /** @description Items per page. */
        limit?: components['parameters']['limit']
        /** @description Made before this time. */
        to?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ReportPage']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getApiRelatoriosById: {
    parameters: {
      query?: never
      header?: {
        /** @description The ETag of what is known: 304 when that is still so. */
        'If-None-Match'?: components['parameters']['If-None-Match']
      }
      path: {
        /** @description The id, or the id and a suffix: .json, .csv, .png. */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Report']
          'image/png': string
          'text/csv': string
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getAudit: {
    parameters: {
      query?: {
        /** @description What happened. */
        action?: components['parameters']['action']
        /** @description Name or id of the user who acted; case does not matter. */
        actor?: components['parameters']['actor']
        /** @description next_cursor of the page before. */
        cursor?: components['parameters']['cursor']
        /** @description From this time on. */
        from?: components['parameters']['from']
        /** @description Items per page. */
        limit?: components['parameters']['limit']
        /** @description Name of what it happened to: a user, a job, the sku of an item, a file; case does not matter. */
        target?: components['parameters']['target']
        /** @description Before this time. */
        to?: components['parameters']['to']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['AuditEntryPage']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getAuditExport: {
    parameters: {
      query?: {
        /** @description What happened. */
        action?: components['parameters']['action']
        /** @description Name or id of the user who acted; case does not matter. */
        actor?: components['parameters']['actor']
        /** @description 1: as Excel in Brazil opens it; 0: plain. Left out: by Accept-Language, plain where it asks for nothing. */
        excel?: components['parameters']['excel']
        /** @description From this time on. */
        from?: components['parameters']['from']
        /** @description Name of what it happened to: a user, a job, the sku of an item, a file; case does not matter. */
        target?: components['parameters']['target']
        /** @description Before this time. */
        to?: components['parameters']['to']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'Content-Disposition': components['headers']['Content-Disposition']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          /**
           * @example at,actor_name,action,target,address,actor_id,api_key_id,request_id,id,details
           *     2026-11-20T09:30:00.000Z,admin,user.created,maria,192.0.2.7,01a1fc6d-ba26-771a-b067-b72d1b4570e9,,01a1fc6d-ba26-771a-b067-b72d1b4570ea,01a1fc6d-ba26-771a-b067-b72d1b4570e8,"{""role"":""operator""}"
           */
          'text/csv': string
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getCharts: {
    parameters: {
      query?: {
        /** @description true: without versions that a newer one of the same workbook has replaced. */
        current?: boolean
        /** @description next_cursor of the page before. */
        cursor?: components['parameters']['cursor']
        /** @description Items per page. */
        limit?: components['parameters']['limit']
        /** @description The file with exactly this name. */
        name?: string
        /** @description Words, or parts of them, all of which are in the file name; case and accents do not matter. */
        q?: string
        /** @description How far it is. */
        state?: 'waiting' | 'drawing' | 'drawn' | 'failed'
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ChartPage']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postCharts: {
    parameters: {
      query?: {
        /** @description File name for a raw body, e.g. vendas.xlsx. */
        name?: string
      }
      header?: {
        /** @description Send the same key again to get the first answer again, for a day, instead of doing it twice: 409 while the first request runs, 422 with another request. A request that was refused leaves its key free. */
        'Idempotency-Key'?: components['parameters']['Idempotency-Key']
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/octet-stream': string
        'multipart/form-data': {
          /** Format: binary */
          file: string
        }
      }
    }
    responses: {
      /** @description Created */
      201: {
        headers: {
          'Idempotency-Replayed': components['headers']['Idempotency-Replayed']
          Location: components['headers']['Location']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['UploadedWorkbook']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getChartsById: {
    parameters: {
      query?: never
      header?: {
        /** @description The ETag of what is known: 304 when that is still so. */
        'If-None-Match'?: components['parameters']['If-None-Match']
      }
      path: {
        /** @description The id, or the id and a suffix: .png, .svg, .json. */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Chart']
          'image/png': string
          'image/svg+xml': string
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  deleteChartsById: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id. */
        id: components['parameters']['id']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description No Content */
      204: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postChartsNotifications: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['BucketNotification']
      }
    }
    responses: {
      /** @description Accepted */
      202: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['BucketNoticed']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getDeadLetters: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before. */
        cursor?: components['parameters']['cursor']
        /** @description Of this group. */
        group?: components['parameters']['group']
        /** @description Items per page. */
        limit?: components['parameters']['limit']
        /** @description Of this message. */
        message_id?: components['parameters']['message_id2']
        /** @description From this system or topic. */
        origin?: components['parameters']['origin2']
        /** @description Words, or parts of them, all of which are in the message id, the reason or the detail; case and accents do not matter. */
        q?: components['parameters']['q3']
        /** @description Where they came from; left out: all. */
        source?: components['parameters']['source']
        /** @description dead: it waits for somebody. replayed: its message was published again. purged: it is in the bin. replaced: an edited copy stands for it. Left out: dead. */
        state?: 'dead' | 'replayed' | 'purged' | 'replaced'
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['DeadLetterPage']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  deleteDeadLetters: {
    parameters: {
      query: {
        /** @description How many letters these are; where they are not as many any more, nothing is changed. */
        expected: number
        /** @description Of this group. */
        group?: components['parameters']['group']
        /** @description Only these, separated by commas. */
        ids?: string
        /** @description Of this message. */
        message_id?: components['parameters']['message_id2']
        /** @description From this system or topic. */
        origin?: components['parameters']['origin2']
        /** @description Words, or parts of them, all of which are in the message id, the reason or the detail; case and accents do not matter. */
        q?: components['parameters']['q3']
        /** @description Where they came from; left out: all. */
        source?: components['parameters']['source']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['PurgedDeadLetters']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      409: components['responses']['Conflict']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getDeadLettersById: {
    parameters: {
      query?: never
      header?: {
        /** @description The ETag of what is known: 304 when that is still so. */
        'If-None-Match'?: components['parameters']['If-None-Match']
      }
      path: {
        /** @description The id. */
        id: components['parameters']['id']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['WholeDeadLetter']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  putDeadLettersById: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id. */
        id: components['parameters']['id']
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['EditDeadLetter']
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          Location: components['headers']['Location']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['WholeDeadLetter']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  deleteDeadLettersById: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id. */
        id: components['parameters']['id']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description No Content */
      204: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getDeadLettersByIdBody: {
    parameters: {
      query?: never
      header?: {
        /** @description The ETag of what is known: 304 when that is still so. */
        'If-None-Match'?: components['parameters']['If-None-Match']
      }
      path: {
        /** @description The id. */
        id: components['parameters']['id']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'Content-Disposition': components['headers']['Content-Disposition']
          ETag: components['headers']['ETag']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/octet-stream': string
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postDeadLettersByIdRestore: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id. */
        id: components['parameters']['id']
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['Empty']
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['WholeDeadLetter']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postDeadLettersByIdUndoEdit: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id. */
        id: components['parameters']['id']
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['Empty']
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['WholeDeadLetter']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getDeadLettersGroups: {
    parameters: {
      query?: {
        /** @description Groups, at most. */
        limit?: number
        /** @description Where they came from; left out: all. */
        source?: components['parameters']['source']
        /** @description Of letters in this state; left out: dead. */
        state?: 'dead' | 'replayed' | 'purged' | 'replaced'
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['DeadLetterGroups']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  putDeadLettersGroupsByIdNote: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id. */
        id: components['parameters']['id']
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['NoteDeadLetterGroup']
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['DeadLetterNote']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postDeadLettersRestore: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['RestoreDeadLetters']
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['RestoredDeadLetters']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getDocsProblems: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ProblemDescriptions']
          'text/html': string
        }
      }
      400: components['responses']['BadRequest']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
    }
  }
  getDocsProblemsByCode: {
    parameters: {
      query?: never
      header?: {
        /** @description The ETag of what is known: 304 when that is still so. */
        'If-None-Match'?: components['parameters']['If-None-Match']
      }
      path: {
        /** @description The code of a problem. */
        code: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ProblemDescription']
          'text/html': string
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
    }
  }
  getEmbalagens: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before. */
        cursor?: components['parameters']['cursor']
        /** @description Items per page. */
        limit?: components['parameters']['limit']
        /** @description true: stock at or below the reorder level. */
        low_stock?: components['parameters']['low_stock']
        /** @description Items of this material. */
        material?: components['parameters']['material']
        /** @description Words, or parts of them, all of which are in the sku, the name, the supplier or the tags; case and accents do not matter. */
        q?: components['parameters']['q']
        /** @description Items that are recyclable, or are not. */
        recyclable?: components['parameters']['recyclable']
        /** @description The item with exactly this sku. */
        sku?: components['parameters']['sku']
        /** @description The field to sort by; - before it for the other way. Left out: name, with updated_after updated_at. */
        sort?:
          | 'sku'
          | '-sku'
          | 'name'
          | '-name'
          | 'material'
          | '-material'
          | 'kind'
          | '-kind'
          | 'unit_cost'
          | '-unit_cost'
          | 'stock'
          | '-stock'
          | 'created_at'
          | '-created_at'
          | 'updated_at'
          | '-updated_at'
        /** @description Items that were created or changed after this time. */
        updated_after?: components['parameters']['updated_after']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['PackagingItemPage']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postEmbalagens: {
    parameters: {
      query?: never
      header?: {
        /** @description Send the same key again to get the first answer again, for a day, instead of doing it twice: 409 while the first request runs, 422 with another request. A request that was refused leaves its key free. */
        'Idempotency-Key'?: components['parameters']['Idempotency-Key']
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['NewPackagingItem']
      }
    }
    responses: {
      /** @description Created */
      201: {
        headers: {
          ETag: components['headers']['ETag']
          'Idempotency-Replayed': components['headers']['Idempotency-Replayed']
          Location: components['headers']['Location']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['PackagingItem']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getEmbalagensById: {
    parameters: {
      query?: never
      header?: {
        /** @description The ETag of what is known: 304 when that is still so. */
        'If-None-Match'?: components['parameters']['If-None-Match']
      }
      path: {
        /** @description The id. */
        id: components['parameters']['id']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['PackagingItem']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  putEmbalagensById: {
    parameters: {
      query?: never
      header?: {
        /** @description The ETag of what was read: 412 when somebody changed it since. */
        'If-Match'?: components['parameters']['If-Match']
      }
      path: {
        /** @description The id. */
        id: components['parameters']['id']
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['NewPackagingItem']
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['PackagingItem']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      412: components['responses']['PreconditionFailed']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  deleteEmbalagensById: {
    parameters: {
      query?: never
      header?: {
        /** @description The ETag of what was read: 412 when somebody changed it since. */
        'If-Match'?: components['parameters']['If-Match']
      }
      path: {
        /** @description The id. */
        id: components['parameters']['id']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description No Content */
      204: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      412: components['responses']['PreconditionFailed']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  patchEmbalagensById: {
    parameters: {
      query?: never
      header?: {
        /** @description The ETag of what was read: 412 when somebody changed it since. */
        'If-Match'?: components['parameters']['If-Match']
      }
      path: {
        /** @description The id. */
        id: components['parameters']['id']
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['PackagingPatch']
        'application/merge-patch+json': components['schemas']['PackagingPatch']
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['PackagingItem']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      412: components['responses']['PreconditionFailed']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getEmbalagensByIdHistory: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before. */
        cursor?: components['parameters']['cursor']
        /** @description Items per page. */
        limit?: components['parameters']['limit']
      }
      header?: {
        /** @description The ETag of what is known: 304 when that is still so. */
        'If-None-Match'?: components['parameters']['If-None-Match']
      }
      path: {
        /** @description The id. */
        id: components['parameters']['id']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['PackagingChangePage']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postEmbalagensByIdRestore: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id. */
        id: components['parameters']['id']
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['Empty']
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['PackagingItem']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getEmbalagensCount: {
    parameters: {
      query?: {
        /** @description true: stock at or below the reorder level. */
        low_stock?: components['parameters']['low_stock']
        /** @description Items of this material. */
        material?: components['parameters']['material']
        /** @description Words, or parts of them, all of which are in the sku, the name, the supplier or the tags; case and accents do not matter. */
        q?: components['parameters']['q']
        /** @description Items that are recyclable, or are not. */
        recyclable?: components['parameters']['recyclable']
        /** @description The item with exactly this sku. */
        sku?: components['parameters']['sku']
        /** @description Items that were created or changed after this time. */
        updated_after?: components['parameters']['updated_after']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['PackagingCount']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getEmbalagensExport: {
    parameters: {
      query?: {
        /** @description 1: as Excel in Brazil opens it; 0: plain. Left out: by Accept-Language, plain where it asks for nothing. */
        excel?: components['parameters']['excel']
        /** @description true: stock at or below the reorder level. */
        low_stock?: components['parameters']['low_stock']
        /** @description Items of this material. */
        material?: components['parameters']['material']
        /** @description Words, or parts of them, all of which are in the sku, the name, the supplier or the tags; case and accents do not matter. */
        q?: components['parameters']['q']
        /** @description Items that are recyclable, or are not. */
        recyclable?: components['parameters']['recyclable']
        /** @description The item with exactly this sku. */
        sku?: components['parameters']['sku']
        /** @description Items that were created or changed after this time. */
        updated_after?: components['parameters']['updated_after']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'Content-Disposition': components['headers']['Content-Disposition']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          /**
           * @example sku,name,material,kind,length_mm,width_mm,height_mm,weight_g,capacity_ml,unit_cost,currency,supplier,stock,reorder_level,recyclable,tags
           *     CX-0201,Caixa maleta,paper,box,160,110,30,,,0.5206,BRL,,1200,300,true,correio
           */
          'text/csv': string
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postEmbalagensImport: {
    parameters: {
      query?: {
        /** @description true: only say what the file would do. */
        dry_run?: boolean
      }
      header?: {
        /** @description Send the same key again to get the first answer again, for a day, instead of doing it twice: 409 while the first request runs, 422 with another request. A request that was refused leaves its key free. */
        'Idempotency-Key'?: components['parameters']['Idempotency-Key']
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': string
        'multipart/form-data': {
          /** Format: binary */
          file: string
        }
        'text/csv': string
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'Idempotency-Replayed': components['headers']['Idempotency-Replayed']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ImportResult']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postEvents: {
    parameters: {
      query?: never
      header?: {
        /** @description Send the same key again to get the first answer again, for a day, instead of doing it twice: 409 while the first request runs, 422 with another request. A request that was refused leaves its key free. */
        'Idempotency-Key'?: components['parameters']['Idempotency-Key']
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['Events']
      }
    }
    responses: {
      /** @description Accepted */
      202: {
        headers: {
          'Idempotency-Replayed': components['headers']['Idempotency-Replayed']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['AcceptedEvents']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getEventsConsumer: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Consumer']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postEventsConsumerResume: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['ResumeConsumer']
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Consumer']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getEventsFailed: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before. */
        cursor?: components['parameters']['cursor']
        /** @description Of this group of dead letters. */
        group?: string
        /** @description Items per page. */
        limit?: components['parameters']['limit']
        /** @description As in GET /dead-letters. */
        q?: string
        /** @description Of this reason, e.g. `unknown_sku`. */
        reason?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['FailedEventPage']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postEventsFailedReplay: {
    parameters: {
      query?: never
      header?: {
        /** @description Send the same key again to get the first answer again, for a day, instead of doing it twice: 409 while the first request runs, 422 with another request. A request that was refused leaves its key free. */
        'Idempotency-Key'?: components['parameters']['Idempotency-Key']
      }
      path?: never
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['ReplayDead']
      }
    }
    responses: {
      /** @description Created */
      201: {
        headers: {
          'Idempotency-Replayed': components['headers']['Idempotency-Replayed']
          Location: components['headers']['Location']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Replay']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getEventsHistory: {
    parameters: {
      query: {
        /** @description next_cursor of the page before. */
        cursor?: components['parameters']['cursor']
        /** @description A day of UTC, YYYY-MM-DD. */
        day?: string
        /** @description Items per page. */
        limit?: components['parameters']['limit']
        /** @description Of the item. */
        sku: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['HistoryEventPage']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postFirstPassword: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['FirstPassword']
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'Set-Cookie': components['headers']['Set-Cookie']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Tokens'] | components['schemas']['CookieSession']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getHealth: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Health']
        }
      }
      400: components['responses']['BadRequest']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      /** @description Service Unavailable */
      503: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Health']
        }
      }
    }
  }
  getHealthLive: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Alive']
        }
      }
      400: components['responses']['BadRequest']
      422: components['responses']['UnprocessableEntity']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
    }
  }
  getHealthReady: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Ready']
        }
      }
      400: components['responses']['BadRequest']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      /** @description Service Unavailable */
      503: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Ready']
        }
      }
    }
  }
  getJobs: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before. */
        cursor?: components['parameters']['cursor']
        /** @description Items per page. */
        limit?: components['parameters']['limit']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['JobPage']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getJobsByName: {
    parameters: {
      query?: never
      header?: {
        /** @description The ETag of what is known: 304 when that is still so. */
        'If-None-Match'?: components['parameters']['If-None-Match']
      }
      path: {
        /** @description The name of a job. */
        name: components['parameters']['name']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['JobDetails']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  deleteJobsByName: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The name of a job. */
        name: components['parameters']['name']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description No Content */
      204: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postJobsByNameBackfill: {
    parameters: {
      query?: never
      header?: {
        /** @description Send the same key again to get the first answer again, for a day, instead of doing it twice: 409 while the first request runs, 422 with another request. A request that was refused leaves its key free. */
        'Idempotency-Key'?: components['parameters']['Idempotency-Key']
      }
      path: {
        /** @description The name of a job. */
        name: components['parameters']['name']
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['BackfillRange']
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Backfill']
        }
      }
      /** @description Accepted */
      202: {
        headers: {
          'Idempotency-Replayed': components['headers']['Idempotency-Replayed']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Backfill']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getJobsByNameCalendar: {
    parameters: {
      query?: {
        /** @description A cell a day, which is the default, or an hour, of the clock of the job. */
        by?: 'day' | 'hour'
        /** @description How many, the last of which is today; at most 31 by the hour. */
        days?: number
      }
      header?: {
        /** @description The ETag of what is known: 304 when that is still so. */
        'If-None-Match'?: components['parameters']['If-None-Match']
      }
      path: {
        /** @description The name of a job. */
        name: components['parameters']['name']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['JobCalendar']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postJobsByNameCancelQueued: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The name of a job. */
        name: components['parameters']['name']
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['Empty']
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['CancelledRuns']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postJobsByNamePause: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The name of a job. */
        name: components['parameters']['name']
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['PauseReason']
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['JobPause']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postJobsByNameResume: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The name of a job. */
        name: components['parameters']['name']
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['Empty']
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['JobPause']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getJobsByNameRuns: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before. */
        cursor?: components['parameters']['cursor']
        /** @description Runs whose slot, or where they have none, whose queueing is not before this. */
        from?: components['parameters']['from2']
        /** @description Items per page. */
        limit?: components['parameters']['limit']
        /** @description Runs in this state. */
        state?: components['parameters']['state']
        /** @description And before this. */
        to?: components['parameters']['to2']
        /** @description Runs that were started so. */
        trigger?: components['parameters']['trigger']
      }
      header?: {
        /** @description The ETag of what is known: 304 when that is still so. */
        'If-None-Match'?: components['parameters']['If-None-Match']
      }
      path: {
        /** @description The name of a job. */
        name: components['parameters']['name']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['RunPage']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getJobsByNameSlots: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before. */
        cursor?: components['parameters']['cursor']
        /** @description Items per page. */
        limit?: components['parameters']['limit']
      }
      header?: {
        /** @description The ETag of what is known: 304 when that is still so. */
        'If-None-Match'?: components['parameters']['If-None-Match']
      }
      path: {
        /** @description The name of a job. */
        name: components['parameters']['name']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['SlotPage']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postJobsByNameTrigger: {
    parameters: {
      query?: never
      header?: {
        /** @description Send the same key again to get the first answer again, for a day, instead of doing it twice: 409 while the first request runs, 422 with another request. A request that was refused leaves its key free. */
        'Idempotency-Key'?: components['parameters']['Idempotency-Key']
      }
      path: {
        /** @description The name of a job. */
        name: components['parameters']['name']
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['Trigger']
      }
    }
    responses: {
      /** @description Accepted */
      202: {
        headers: {
          'Idempotency-Replayed': components['headers']['Idempotency-Replayed']
          Location: components['headers']['Location']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['QueuedRun']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getKpis: {
    parameters: {
      query?: {
        /** @description How far back to look. */
        hours?: number
        /** @description Adds a series of so many parts of equal length. */
        points?: number
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Kpis']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getLive: {
    parameters: {
      query: {
        /** @description One or more of alerts, audit, charts, dead-letters, jobs, monitors, orders, people, packaging, reports, streams, users, separated by commas. */
        topics: string
      }
      header?: {
        /** @description The id of the last event that arrived; what came after it follows. Browsers send it themselves. */
        'Last-Event-ID'?: components['parameters']['Last-Event-ID']
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'text/event-stream': components['schemas']['LiveEvent']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postLogin: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['Credentials']
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'Set-Cookie': components['headers']['Set-Cookie']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json':
            | components['schemas']['Tokens']
            | components['schemas']['CookieSession']
            | components['schemas']['Challenge']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postLogout: {
    parameters: {
      query?: {
        /** @description true: every session of the user. */
        all?: boolean
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['Empty']
      }
    }
    responses: {
      /** @description No Content */
      204: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getMe: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Me']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getMeApiKeys: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before. */
        cursor?: components['parameters']['cursor']
        /** @description Items per page. */
        limit?: components['parameters']['limit']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ApiKeyPage']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postMeApiKeys: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['NewApiKey']
      }
    }
    responses: {
      /** @description Created */
      201: {
        headers: {
          Location: components['headers']['Location']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['MadeApiKey']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  deleteMeApiKeysById: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id. */
        id: components['parameters']['id']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description No Content */
      204: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  putMeEmail: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['OwnEmail']
      }
    }
    responses: {
      /** @description No Content */
      204: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  putMePassword: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['PasswordChange']
      }
    }
    responses: {
      /** @description No Content */
      204: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getMeSessions: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before. */
        cursor?: components['parameters']['cursor']
        /** @description Items per page. */
        limit?: components['parameters']['limit']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['SessionPage']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  deleteMeSessionsById: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id. */
        id: components['parameters']['id']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description No Content */
      204: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getMetrics: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Metrics']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
    }
  }
  getMonitors: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before. */
        cursor?: components['parameters']['cursor']
        /** @description Items per page. */
        limit?: components['parameters']['limit']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['MonitorPage']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getMonitorsByName: {
    parameters: {
      query?: never
      header?: {
        /** @description The ETag of what is known: 304 when that is still so. */
        'If-None-Match'?: components['parameters']['If-None-Match']
      }
      path: {
        /** @description The name of a monitor. */
        name: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['MonitorDetails']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getOrdersConsumer: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Consumer']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postOrdersConsumerResume: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['ResumeConsumer']
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Consumer']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getOrdersDead: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before. */
        cursor?: components['parameters']['cursor']
        /** @description Items per page. */
        limit?: components['parameters']['limit']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['DeadOrderPage']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postOrdersDeadReplay: {
    parameters: {
      query?: never
      header?: {
        /** @description Send the same key again to get the first answer again, for a day, instead of doing it twice: 409 while the first request runs, 422 with another request. A request that was refused leaves its key free. */
        'Idempotency-Key'?: components['parameters']['Idempotency-Key']
      }
      path?: never
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['ReplayDead']
      }
    }
    responses: {
      /** @description Created */
      201: {
        headers: {
          'Idempotency-Replayed': components['headers']['Idempotency-Replayed']
          Location: components['headers']['Location']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Replay']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getOrdersFlow: {
    parameters: {
      query?: {
        /** @description 1: also lists the messages that do not add up. */
        explain?: number
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['OrderFlow']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getOrdersMessages: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before. */
        cursor?: components['parameters']['cursor']
        /** @description Items per page. */
        limit?: components['parameters']['limit']
        /** @description Of this system. */
        origin?: components['parameters']['origin']
        /** @description A part of the product, or the beginning of the message id; case does not matter. */
        q?: components['parameters']['q2']
        /** @description Those with it TRUE, or FALSE. */
        security_check?: components['parameters']['security_check']
        /** @description Unless given: every message that a consumer has met. See OrderJourney. */
        status?: 'pending' | 'waiting' | 'retrying' | 'output' | 'dead' | 'purged'
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ListedOrderMessagePage']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getOrdersMessagesByMessageId: {
    parameters: {
      query?: never
      header?: {
        /** @description The ETag of what is known: 304 when that is still so. */
        'If-None-Match'?: components['parameters']['If-None-Match']
      }
      path: {
        /** @description The id of the message. */
        message_id: components['parameters']['message_id']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['OrderJourney']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postOrdersMessagesByMessageIdRetryNow: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id of the message. */
        message_id: components['parameters']['message_id']
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['Empty']
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['RetriedOrder']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getOrdersOutput: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before. */
        cursor?: components['parameters']['cursor']
        /** @description Items per page. */
        limit?: components['parameters']['limit']
        /** @description Of this system. */
        origin?: components['parameters']['origin']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['OutputOrderPage']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getPeople: {
    parameters: {
      query?: {
        /** @description Of this country, by its whole name, e.g. `Brazil`; case and accents do not matter. */
        country?: string
        /** @description next_cursor of the page before. */
        cursor?: components['parameters']['cursor']
        /** @description Items per page. */
        limit?: components['parameters']['limit']
        /** @description Words, or their beginnings, all of which are in the name, the e-mail address, the user name, the address, the postcode or the phone number; case, accents and punctuation do not matter. */
        q?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['PersonPage']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getPeopleConsumer: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Consumer']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postPeopleConsumerResume: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['ResumeConsumer']
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Consumer']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getPingByToken: {
    parameters: {
      query?: never
      header?: {
        /** @description The ETag of what is known: 304 when that is still so. */
        'If-None-Match'?: components['parameters']['If-None-Match']
      }
      path: {
        /** @description The token of the push URL. */
        token: components['parameters']['token']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['RecordedPing']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postPingByToken: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The token of the push URL. */
        token: components['parameters']['token']
      }
      cookie?: never
    }
    /** @description What the job said, as text; the last 4,096 characters are kept. */
    requestBody?: {
      content: {
        'text/plain': string
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['RecordedPing']
        }
      }
      400: components['responses']['BadRequest']
      404: components['responses']['NotFound']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getPingByTokenFail: {
    parameters: {
      query?: never
      header?: {
        /** @description The ETag of what is known: 304 when that is still so. */
        'If-None-Match'?: components['parameters']['If-None-Match']
      }
      path: {
        /** @description The token of the push URL. */
        token: components['parameters']['token']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['RecordedPing']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postPingByTokenFail: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The token of the push URL. */
        token: components['parameters']['token']
      }
      cookie?: never
    }
    /** @description What the job said, as text; the last 4,096 characters are kept. */
    requestBody?: {
      content: {
        'text/plain': string
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['RecordedPing']
        }
      }
      400: components['responses']['BadRequest']
      404: components['responses']['NotFound']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getPingByTokenStart: {
    parameters: {
      query?: never
      header?: {
        /** @description The ETag of what is known: 304 when that is still so. */
        'If-None-Match'?: components['parameters']['If-None-Match']
      }
      path: {
        /** @description The token of the push URL. */
        token: components['parameters']['token']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['RecordedPing']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postPingByTokenStart: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The token of the push URL. */
        token: components['parameters']['token']
      }
      cookie?: never
    }
    /** @description What the job said, as text; the last 4,096 characters are kept. */
    requestBody?: {
      content: {
        'text/plain': string
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['RecordedPing']
        }
      }
      400: components['responses']['BadRequest']
      404: components['responses']['NotFound']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getReplays: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before. */
        cursor?: components['parameters']['cursor']
        /** @description Items per page. */
        limit?: components['parameters']['limit']
        /** @description Of this source. */
        source?: 'orders' | 'events' | 'people'
        /** @description In this state. */
        state?: 'canary' | 'running' | 'paused' | 'done' | 'cancelled'
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ReplayPage']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postReplays: {
    parameters: {
      query?: never
      header?: {
        /** @description Send the same key again to get the first answer again, for a day, instead of doing it twice: 409 while the first request runs, 422 with another request. A request that was refused leaves its key free. */
        'Idempotency-Key'?: components['parameters']['Idempotency-Key']
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['StartReplay']
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ReplayDryRun']
        }
      }
      /** @description Created */
      201: {
        headers: {
          'Idempotency-Replayed': components['headers']['Idempotency-Replayed']
          Location: components['headers']['Location']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Replay']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getReplaysById: {
    parameters: {
      query?: never
      header?: {
        /** @description The ETag of what is known: 304 when that is still so. */
        'If-None-Match'?: components['parameters']['If-None-Match']
      }
      path: {
        /** @description The id. */
        id: components['parameters']['id']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Replay']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postReplaysByIdCancel: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id. */
        id: components['parameters']['id']
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['Empty']
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Replay']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getReplaysByIdLetters: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before. */
        cursor?: components['parameters']['cursor']
        /** @description Items per page. */
        limit?: components['parameters']['limit']
        /** @description Letters in this state. */
        state?: 'pending' | 'sending' | 'sent' | 'succeeded' | 'died_again' | 'gone' | 'undone'
      }
      header?: {
        /** @description The ETag of what is known: 304 when that is still so. */
        'If-None-Match'?: components['parameters']['If-None-Match']
      }
      path: {
        /** @description The id. */
        id: components['parameters']['id']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ReplayedLetterPage']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postReplaysByIdPause: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id. */
        id: components['parameters']['id']
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['Empty']
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Replay']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postReplaysByIdResume: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id. */
        id: components['parameters']['id']
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['Empty']
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Replay']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getRuns: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before. */
        cursor?: components['parameters']['cursor']
        /** @description Runs whose slot, or where they have none, whose queueing is not before this. */
        from?: components['parameters']['from2']
        /** @description Items per page. */
        limit?: components['parameters']['limit']
        /** @description Runs in this state. */
        state?: components['parameters']['state']
        /** @description And before this. */
        to?: components['parameters']['to2']
        /** @description Runs that were started so. */
        trigger?: components['parameters']['trigger']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['RunPage']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getRunsById: {
    parameters: {
      query?: never
      header?: {
        /** @description The ETag of what is known: 304 when that is still so. */
        'If-None-Match'?: components['parameters']['If-None-Match']
      }
      path: {
        /** @description The id. */
        id: components['parameters']['id']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['RunDetails']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postRunsByIdCancel: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id. */
        id: components['parameters']['id']
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['Empty']
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Run']
        }
      }
      /** @description Accepted */
      202: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Run']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getRunsByIdLogs: {
    parameters: {
      query?: {
        /** @description Lines after the one with this id; a cursor and Last-Event-ID go before it. */
        after?: number
        /** @description next_cursor of the page before. */
        cursor?: components['parameters']['cursor']
        /** @description 1: as server-sent events, until the run ends. */
        follow?: number
        /** @description Items per page. */
        limit?: components['parameters']['limit']
      }
      header?: {
        /** @description The ETag of what is known: 304 when that is still so. */
        'If-None-Match'?: components['parameters']['If-None-Match']
        /** @description The id of the last event that arrived; what came after it follows. Browsers send it themselves. */
        'Last-Event-ID'?: components['parameters']['Last-Event-ID']
      }
      path: {
        /** @description The id. */
        id: components['parameters']['id']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['LogLinePage']
          'text/event-stream': components['schemas']['LogEvent']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postRunsByIdRetry: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id. */
        id: components['parameters']['id']
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['Empty']
      }
    }
    responses: {
      /** @description Accepted */
      202: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Run']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getSilences: {
    parameters: {
      query?: {
        /** @description true: those that last now. */
        active?: boolean
        /** @description next_cursor of the page before. */
        cursor?: components['parameters']['cursor']
        /** @description Items per page. */
        limit?: components['parameters']['limit']
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['SilencePage']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postSilences: {
    parameters: {
      query?: never
      header?: {
        /** @description Send the same key again to get the first answer again, for a day, instead of doing it twice: 409 while the first request runs, 422 with another request. A request that was refused leaves its key free. */
        'Idempotency-Key'?: components['parameters']['Idempotency-Key']
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['NewSilence']
      }
    }
    responses: {
      /** @description Created */
      201: {
        headers: {
          'Idempotency-Replayed': components['headers']['Idempotency-Replayed']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Silence']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  deleteSilencesById: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id. */
        id: components['parameters']['id']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description No Content */
      204: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getStreams: {
    parameters: {
      query?: {
        /** @description Adds the series of so many hours. */
        hours?: number
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Streams']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getSystem: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['System']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getSystemSettings: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Settings']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postSystemsBySystemMessages: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before. */
        cursor?: components['parameters']['cursor']
        /** @description Items per page. */
        limit?: components['parameters']['limit']
      }
      header?: never
      path: {
        /** @description The name of an order system, as SYSTEMS has it. */
        system: components['parameters']['system']
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['Empty']
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['OrderMessages']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getSystemsBySystemOrders: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before. */
        cursor?: components['parameters']['cursor']
        /** @description Items per page. */
        limit?: components['parameters']['limit']
        /** @description 1: those that are not sent yet. */
        pending?: number
        /** @description A part of the product, or the beginning of the message id; case does not matter. */
        q?: components['parameters']['q2']
        /** @description Those with it TRUE, or FALSE. */
        security_check?: components['parameters']['security_check']
        /** @description -id: newest first; unless given, oldest first. */
        sort?: 'id' | '-id'
      }
      header?: {
        /** @description The ETag of what is known: 304 when that is still so. */
        'If-None-Match'?: components['parameters']['If-None-Match']
      }
      path: {
        /** @description The name of an order system, as SYSTEMS has it. */
        system: components['parameters']['system']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['OrderPage']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postSystemsBySystemOrdersFill: {
    parameters: {
      query?: never
      header?: {
        /** @description Send the same key again to get the first answer again, for a day, instead of doing it twice: 409 while the first request runs, 422 with another request. A request that was refused leaves its key free. */
        'Idempotency-Key'?: components['parameters']['Idempotency-Key']
      }
      path: {
        /** @description The name of an order system, as SYSTEMS has it. */
        system: components['parameters']['system']
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['FillOrders']
      }
    }
    responses: {
      /** @description Created */
      201: {
        headers: {
          'Idempotency-Replayed': components['headers']['Idempotency-Replayed']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['FilledOrders']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postSystemsBySystemSend: {
    parameters: {
      query?: never
      header?: {
        /** @description Send the same key again to get the first answer again, for a day, instead of doing it twice: 409 while the first request runs, 422 with another request. A request that was refused leaves its key free. */
        'Idempotency-Key'?: components['parameters']['Idempotency-Key']
      }
      path: {
        /** @description The name of an order system, as SYSTEMS has it. */
        system: components['parameters']['system']
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['Empty']
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'Idempotency-Replayed': components['headers']['Idempotency-Replayed']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['SentOrders']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postTokenRefresh: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['RefreshToken']
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'Set-Cookie': components['headers']['Set-Cookie']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Tokens'] | components['schemas']['CookieSession']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getUsers: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before. */
        cursor?: components['parameters']['cursor']
        /** @description Users who may not sign in, or may. */
        disabled?: boolean
        /** @description Items per page. */
        limit?: components['parameters']['limit']
        /** @description Words that the name holds, or parts of them; case and accents do not matter. */
        q?: string
        /** @description Users with this role. */
        role?: 'viewer' | 'operator' | 'admin'
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['UserPage']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postUsers: {
    parameters: {
      query?: never
      header?: {
        /** @description Send the same key again to get the first answer again, for a day, instead of doing it twice: 409 while the first request runs, 422 with another request. A request that was refused leaves its key free. */
        'Idempotency-Key'?: components['parameters']['Idempotency-Key']
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['NewUser']
      }
    }
    responses: {
      /** @description Created */
      201: {
        headers: {
          ETag: components['headers']['ETag']
          'Idempotency-Replayed': components['headers']['Idempotency-Replayed']
          Location: components['headers']['Location']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['User']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getUsersById: {
    parameters: {
      query?: never
      header?: {
        /** @description The ETag of what is known: 304 when that is still so. */
        'If-None-Match'?: components['parameters']['If-None-Match']
      }
      path: {
        /** @description The id. */
        id: components['parameters']['id']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['User']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  patchUsersById: {
    parameters: {
      query?: never
      header?: {
        /** @description The ETag of what was read: 412 when somebody changed it since. */
        'If-Match'?: components['parameters']['If-Match']
      }
      path: {
        /** @description The id. */
        id: components['parameters']['id']
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['UserChange']
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['User']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      412: components['responses']['PreconditionFailed']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getUsersByIdApiKeys: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before. */
        cursor?: components['parameters']['cursor']
        /** @description Items per page. */
        limit?: components['parameters']['limit']
      }
      header?: {
        /** @description The ETag of what is known: 304 when that is still so. */
        'If-None-Match'?: components['parameters']['If-None-Match']
      }
      path: {
        /** @description The id. */
        id: components['parameters']['id']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ApiKeyPage']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  deleteUsersByIdApiKeysByKeyId: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id. */
        id: components['parameters']['id']
        /** @description The id. */
        key_id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description No Content */
      204: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  getUsersByIdSessions: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before. */
        cursor?: components['parameters']['cursor']
        /** @description Items per page. */
        limit?: components['parameters']['limit']
      }
      header?: {
        /** @description The ETag of what is known: 304 when that is still so. */
        'If-None-Match'?: components['parameters']['If-None-Match']
      }
      path: {
        /** @description The id. */
        id: components['parameters']['id']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['SessionPage']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  deleteUsersByIdSessions: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id. */
        id: components['parameters']['id']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description No Content */
      204: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  deleteUsersByIdSessionsBySid: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description The id. */
        id: components['parameters']['id']
        /** @description The id. */
        sid: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description No Content */
      204: {
        headers: {
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
  postWebhookAirflow: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['WebhookTrigger']
      }
    }
    responses: {
      /** @description Accepted */
      202: {
        headers: {
          Location: components['headers']['Location']
          'RateLimit-Limit': components['headers']['RateLimit-Limit']
          'RateLimit-Remaining': components['headers']['RateLimit-Remaining']
          'RateLimit-Reset': components['headers']['RateLimit-Reset']
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['QueuedRun']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      431: components['responses']['RequestHeaderFieldsTooLarge']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
    }
  }
}
