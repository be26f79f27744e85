// A model runner for tests: answers by the functions it is given and remembers what it was asked.
import type { ModelName, ModelRunner, Tensor } from '../runner.ts';

export interface ScriptedRunner extends ModelRunner {
  readonly asked: { readonly model: ModelName; readonly dims: readonly number[]; readonly data: Float32Array }[];
}

export function createScriptedRunner(
  answers: Partial<Record<ModelName, (input: Tensor) => Record<string, Tensor>>>,
): ScriptedRunner {
  const asked: { model: ModelName; dims: readonly number[]; data: Float32Array }[] = [];
  return {
    asked,
    async run(model, input) {
      // A copy: the code under test wipes its inputs.
      asked.push({ model, dims: input.dims, data: Float32Array.from(input.data) });
      const answer = answers[model];
      if (!answer) throw new Error(`this test did not expect the ${model}`);
      return answer(input);
    },
  };
}
