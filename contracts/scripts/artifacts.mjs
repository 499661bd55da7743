#!/usr/bin/env node
// Writes contracts/artifacts/<Name>.json from what `forge build` left in out/. With --check it writes nothing, names
// every artifact that differs from the build, and exits 1 if there is one.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** EIP-170: a larger runtime cannot be deployed. */
const RUNTIME_LIMIT = 24_576;

/** What ships. Interfaces, libraries and tests stay out. */
const SHIPPED = [
  "attestation/AttestationModule.sol",
  "governance/AdapterGovernor.sol",
  "governance/DelayTimelock.sol",
  "governance/GuardianCouncil.sol",
  "governance/OwnerProxy.sol",
  "governance/Phase8UniversalValueManager.sol",
  "governance/UpgradeCoordinator.sol",
  "governance/ValidatorRegistry.sol",
  "jobs/BudgetManager.sol",
  "jobs/CheckpointLedger.sol",
  "jobs/MissionEscrow.sol",
  "jobs/ModelRegistry.sol",
  "security/PauseGuardian.sol",
  "security/SystemPause.sol",
  "tokens/AgiAlpha.sol",
];

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const folder = join(root, "artifacts");

/** One artifact as text; the key order and the formatting are fixed, so equal builds make equal files. */
function render(sourceName) {
  const contractName = sourceName.split("/").at(-1).replace(/\.sol$/, "");
  const built = JSON.parse(readFileSync(join(root, "out", `${contractName}.sol`, `${contractName}.json`), "utf8"));
  const bytecode = built.bytecode.object;
  const deployedBytecode = built.deployedBytecode.object;
  for (const code of [bytecode, deployedBytecode]) {
    if (!/^0x([0-9a-f]{2})+$/.test(code)) throw new Error(`${contractName} has no linked bytecode`);
  }
  const size = (deployedBytecode.length - 2) / 2;
  if (size >= RUNTIME_LIMIT) throw new Error(`${contractName} has ${size} bytes; EIP-170 allows ${RUNTIME_LIMIT}`);
  const artifact = { contractName, sourceName: `contracts/${sourceName}`, abi: built.abi, bytecode, deployedBytecode };
  return [`${contractName}.json`, `${JSON.stringify(artifact, null, 2)}\n`, size];
}

function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return null;
    throw error;
  }
}

const rendered = SHIPPED.map(render);
const wanted = new Map(rendered.map(([name, text]) => [name, text]));

mkdirSync(folder, { recursive: true });
const stray = readdirSync(folder).filter((name) => name.endsWith(".json") && !wanted.has(name));
const stale = [...wanted].filter(([name, text]) => read(join(folder, name)) !== text).map(([name]) => name);

if (process.argv.includes("--check")) {
  for (const name of stale) console.error(`contracts/artifacts/${name} differs from what the source builds`);
  for (const name of stray) console.error(`contracts/artifacts/${name} belongs to no shipped contract`);
  if (stale.length + stray.length > 0) {
    console.error("refresh them with `npm run artifacts` in contracts/");
    process.exitCode = 1;
  } else {
    console.log(`${wanted.size} artifacts match the source`);
  }
} else {
  for (const name of stray) rmSync(join(folder, name));
  for (const name of stale) writeFileSync(join(folder, name), wanted.get(name));
  for (const [name, , size] of rendered) console.log(`${name.padEnd(40)} ${String(size).padStart(6)} bytes of runtime`);
}
