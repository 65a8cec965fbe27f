import type { StreamSettings } from '../../../../infra/local/backends/table-stream.ts';
import type { StackAssembly } from '../../../../infra/local/template/assembly.ts';
import { createTopology, type Topology } from '../../../../infra/local/template/topology.ts';

const KEYS = ['bookId', 'item'];

const TABLE = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    TableName: 'books',
    KeySchema: KEYS.map((AttributeName, index) => ({
      AttributeName,
      KeyType: index === 0 ? 'HASH' : 'RANGE',
    })),
    AttributeDefinitions: KEYS.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
  },
};

/** A template with a table that has a stream, and more resources. */
export function tableTopology(more: StackAssembly['resources'] = {}): Topology {
  const assembly: StackAssembly = {
    stackName: 'books-dev',
    parameters: {},
    resources: { Table: TABLE, ...more },
    isOfStage: () => true,
    assetPath: (key) => key,
  };
  return createTopology(assembly, 'http://127.0.0.1:9324');
}

/** The stream of the table. */
export function streamSettings(): StreamSettings {
  const { name: table, attributes } = tableTopology().identity('Table');
  return { table, streamArn: attributes.StreamArn ?? '', keys: KEYS };
}
