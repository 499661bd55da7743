// Recovers the signer of EIP-712 typed data with viem and prints the microseconds that one takes.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [folder, text] = process.argv.slice(2);
const { recoverTypedDataAddress } = createRequire(join(folder, 'package.json'))('viem');
const { typedData, signature, signer, times } = JSON.parse(text);
const { EIP712Domain, ...types } = typedData.types;
const message = {
  ...typedData.message,
  nonce: BigInt(typedData.message.nonce),
  deadline: BigInt(typedData.message.deadline),
};
const recover = () =>
  recoverTypedDataAddress({ domain: typedData.domain, types, primaryType: typedData.primaryType, message, signature });

for (let i = 0; i < times; i++) await recover();
const start = process.hrtime.bigint();
for (let i = 0; i < times; i++) {
  if ((await recover()).toLowerCase() !== signer.toLowerCase()) throw new Error('the signer is another');
}
console.log(Number(process.hrtime.bigint() - start) / 1000 / times);
