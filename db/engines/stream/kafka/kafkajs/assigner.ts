/** The assigner in the words of kafkajs. */
import { AssignerProtocol, type PartitionAssigner } from 'kafkajs'
import { dealPartitions, PROTOCOL, type Claim, type Holding, type Member } from '../assigner.ts'

/** kafkajs asks `holding` whenever the member joins again. */
export function createAssigner(holding: () => Holding): PartitionAssigner {
  const { name, version } = PROTOCOL
  return ({ cluster }) => ({
    name,
    version,

    protocol({ topics }) {
      const partitions = cluster.findTopicPartitionMetadata(topics[0]!).length
      const claim: Claim = { ...holding(), partitions }
      const userData = Buffer.from(JSON.stringify(claim))
      return { name, metadata: AssignerProtocol.MemberMetadata.encode({ version, topics, userData }) }
    },

    async assign({ members }) {
      const claims = members.map(({ memberId, memberMetadata }): Member => {
        const { topics, userData } = AssignerProtocol.MemberMetadata.decode(memberMetadata)!
        return { id: memberId, topic: topics[0]!, claim: JSON.parse(userData.toString()) as Claim }
      })
      return Object.entries(dealPartitions(claims)).map(([memberId, assignment]) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({ version, assignment, userData: Buffer.alloc(0) }),
      }))
    },
  })
}
