import { jobs } from "./jobs.js";

onmessage = async ({ data: { id, name, argument } }) => {
  try {
    postMessage({ id, value: await jobs[name](argument) });
  } catch (error) {
    postMessage({ id, error: String(error?.stack ?? error) });
  }
};
