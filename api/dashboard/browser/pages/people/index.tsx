/** The people that came through the topic, by name: searched by the beginnings of words, and by country. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { useParameter } from '../../address.ts'
import { moreOf } from '../../data/by-cursor.ts'
import { LONGEST_Q, peopleQuery, type PeopleFilter, type Person } from '../../data/people.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { FilterChoices, FilterText } from '../../parts/filter.tsx'
import { PageHead } from '../../parts/panel.tsx'
import { Empty, Loaded, NothingFound } from '../../parts/states.tsx'
import { Storm } from '../../parts/storm/index.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { Time } from '../../parts/time.tsx'
import { TEXTS } from './texts.ts'

/** Longer ones may be broken, or they would widen the table. */
const USUAL_PHONE = 24

export default function People() {
  const say = useSay()
  const { whenTold } = useLive()
  const filter = usePeopleFilter()
  const people = useInfiniteQuery({ ...peopleQuery(filter), refetchInterval: whenTold() })
  const found = people.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <>
      <PageHead title={say(TEXTS.title)} />
      <Storm source="people" />
      <div className="filters">
        <FilterText label={say(TEXTS.search)} />
        <Countries chosen={filter.country} people={found} />
      </div>
      <div className="panel flush">
        <Loaded query={people} lines={8}>
          {() => {
            if (found.length > 0)
              return (
                <Table
                  label={say(TEXTS.title)}
                  rows={found}
                  id={({ id }) => id}
                  more={moreOf(people)}
                  columns={columns()}
                />
              )
            if (filter.q || filter.country) return <NothingFound />
            return (
              <Empty icon="users" title={say(TEXTS.none)}>
                {say(TEXTS.none_how)} <Link href="/jobs/users_stream">{say(TEXTS.to_job)}</Link>
              </Empty>
            )
          }}
        </Loaded>
      </div>
    </>
  )

  function columns(): Column<Person>[] {
    return [
      {
        title: say(TEXTS.name),
        cell: ({ first_name, last_name, username }) => (
          <>
            <span className="name">
              {[first_name, last_name].filter(Boolean).join(' ') || <em className="muted">{say(TEXTS.nameless)}</em>}
            </span>
            {username && <div className="small muted">{username}</div>}
          </>
        ),
      },
      { title: say(TEXTS.email), cell: ({ email }) => <span className="email">{email}</span> },
      {
        title: say(TEXTS.address),
        look: 'wide',
        can_wait: true,
        cell: ({ address, postcode }) => (
          <>
            {address}
            {postcode && <div className="small muted">{postcode}</div>}
          </>
        ),
      },
      {
        title: say(TEXTS.country),
        can_wait: true,
        cell: ({ country }) =>
          country && <Link href={`/people?country=${encodeURIComponent(country.slice(0, 100))}`}>{country}</Link>,
      },
      {
        title: say(TEXTS.phone),
        can_wait: true,
        cell: ({ phone }) => (
          <span className={phone && phone.length <= USUAL_PHONE ? 'phone' : undefined}>{phone}</span>
        ),
      },
      {
        title: say(TEXTS.registered),
        can_wait: true,
        cell: ({ registered_at }) => registered_at && <Time at={registered_at} />,
      },
    ]
  }
}

function usePeopleFilter(): PeopleFilter {
  const [q] = useParameter('q')
  const [country] = useParameter('country')
  return { ...(q.trim() && { q: q.trim().slice(0, LONGEST_Q) }), ...(country.trim() && { country: country.trim() }) }
}

/** Those of the people that are shown, and the chosen one. */
function Countries({ chosen, people }: { chosen: string | undefined; people: readonly Person[] }) {
  const say = useSay()
  const names = new Set(people.flatMap(({ country }) => country ?? []))
  if (chosen) names.add(chosen)
  if (names.size < 2 && !chosen) return null
  return (
    <FilterChoices
      label={say(TEXTS.country)}
      parameter="country"
      options={[['', say(TEXTS.every_country)], ...[...names].toSorted().map((name) => [name, name] as const)]}
    />
  )
}
