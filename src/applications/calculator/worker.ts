import { serveTasks } from '../../service/worker-tasks.ts';
import { Calculator } from './calculator.ts';
import type { CalculatorMemory } from './calculator.ts';
import { CalculatorError } from './errors.ts';
import type { Evaluated, EvaluationTask } from './evaluator.ts';

/** The variables that an evaluation gave a value they did not have before. */
function findChanges(before: CalculatorMemory, after: CalculatorMemory): Evaluated['assigned'] {
  const known = new Map(before.variables);
  return after.variables.filter(([name, value]) => known.get(name) !== value);
}

serveTasks<EvaluationTask, Evaluated>(
  ({ expression, memory, limits }) => {
    const calculator = new Calculator(limits, memory);
    const text = calculator.evaluate(expression);
    const after = calculator.memory;
    return {
      text,
      assigned: findChanges(memory, after),
      ...(after.ans !== undefined && { ans: after.ans }),
    };
  },
  (thrown) =>
    thrown instanceof CalculatorError ? { code: thrown.code, details: thrown.details } : undefined,
);
