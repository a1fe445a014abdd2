"""Reads the DAGs of an Airflow file on stdin, without running it, and prints them as JSON.

It follows plain code only: values that are written down, tasks and their order at the top level, in `with` blocks and in
@dag functions. Whatever it cannot follow becomes a problem with its line; nothing is guessed.
"""

import ast
import json
import sys

TASK_ORDER = ("chain", "chain_linear", "cross_downstream")


class Unknown:
    pass


UNKNOWN = Unknown()
LABEL = Unknown()


class Seconds:
    """A timedelta."""

    def __init__(self, value):
        self.value = value


class Zone:
    """A time zone, or a time in it; None: without one."""

    def __init__(self, name):
        self.name = name


class Entries(dict):
    """A dict literal: the value and the node of each text key."""


class Dag:
    def __init__(self, line):
        self.line = line
        self.id = None
        self.settings = {}
        self.tasks = []
        self.edges = []


class Group:
    def __init__(self, prefix):
        self.prefix = prefix
        self.tasks = []


class Task:
    def __init__(self, dag, id, operator, line, arguments):
        self.dag, self.id, self.operator, self.line, self.arguments = dag, id, operator, line, arguments


class TaskFunction:
    def __init__(self, name, decorator, keywords):
        self.name, self.decorator, self.keywords = name, decorator, keywords


class Mapped:
    """Of `.partial(…)` and `.override(…)`: what is called next makes the task."""

    def __init__(self, target, keywords):
        self.target, self.keywords = target, keywords


class Reader:
    def __init__(self, source):
        self.source = source
        self.names = {}
        self.imports = {}
        self.dags = []
        self.problems = []
        self.dag = None
        self.groups = []
        # A node is read once: what it makes is made once.
        self.values = {}

    def problem(self, node, sentence):
        found = {"line": node.lineno, "dag": self.dag.id if self.dag else None, "sentence": sentence}
        if found not in self.problems:
            self.problems.append(found)

    def text(self, node):
        return ast.get_source_segment(self.source, node) or ""

    def short(self, node):
        text = " ".join(self.text(node).split())
        return text if len(text) <= 60 else text[:57] + "..."

    # Statements

    def block(self, statements):
        for statement in statements:
            self.statement(statement)

    def statement(self, node):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            module = getattr(node, "module", None)
            for alias in node.names:
                name = alias.asname or alias.name.split(".")[0]
                self.imports[name] = f"{module}.{alias.name}" if module else alias.name if alias.asname else name
        elif isinstance(node, ast.Assign):
            value = self.expression(node.value)
            for target in node.targets:
                self.bind(target, value)
        elif isinstance(node, ast.AnnAssign) and node.value:
            self.bind(node.target, self.expression(node.value))
        elif isinstance(node, ast.Expr):
            self.expression(node.value)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            self.with_block(node)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            self.function(node)
        elif isinstance(node, ast.Return):
            if node.value:
                self.expression(node.value)
        elif isinstance(node, ast.If) and self.text(node.test).startswith("__name__"):
            pass
        else:
            self.skip(node)

    def skip(self, node):
        """Names that it may set are unknown from here on; DAGs, tasks and order in it are told."""
        found = [inner for inner in ast.walk(node) if self.is_of_dag(inner)]
        if found:
            kinds = {"For": "a loop", "If": "a condition", "While": "a loop", "Try": "try", "FunctionDef": "a function"}
            kind = kinds.get(type(node).__name__, "code")
            self.problem(node, f"DAGs, tasks or their order in {kind} are not read: {self.short(found[0])}")
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                self.names[inner.id] = UNKNOWN

    def is_of_dag(self, node):
        if isinstance(node, ast.Call):
            name = self.called(node.func)
            task = isinstance(self.names.get(name), TaskFunction)
            return task or name in ("DAG", "TaskGroup", *TASK_ORDER) or self.is_operator(node) or name in ("set_upstream", "set_downstream")
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.RShift, ast.LShift)):
            return any(isinstance(n, ast.Name) and isinstance(self.names.get(n.id), (Task, Group, list)) for n in ast.walk(node))
        return False

    def bind(self, target, value):
        if isinstance(target, ast.Name):
            self.names[target.id] = value
        elif isinstance(target, (ast.Tuple, ast.List)):
            values = value if isinstance(value, list) and len(value) == len(target.elts) else None
            for i, element in enumerate(target.elts):
                self.bind(element, values[i] if values else UNKNOWN)

    def with_block(self, node):
        outer = self.dag, list(self.groups)
        for item in node.items:
            value = self.expression(item.context_expr)
            if item.optional_vars:
                self.bind(item.optional_vars, value)
            if isinstance(value, Dag):
                self.dag = value
                self.groups = []
            elif isinstance(value, Group):
                self.groups = [*self.groups, value]
        self.block(node.body)
        self.dag, self.groups = outer

    def function(self, node):
        for decorator in node.decorator_list:
            call = decorator if isinstance(decorator, ast.Call) else None
            func = call.func if call else decorator
            path = self.path(func)
            kind = path.rsplit(".task.")[-1] if ".task." in path else ""
            if path.startswith("airflow.") and path.endswith(".dag"):
                return self.dag_function(node, call)
            if path.startswith("airflow.") and (kind or path.endswith(".task")):
                keywords = call.keywords if call else []
                self.names[node.name] = TaskFunction(node.name, f"@task.{kind}" if kind else "@task", keywords)
                return
            if path.startswith("airflow.") and path.endswith(".task_group"):
                self.problem(node, f"the tasks of @task_group {node.name} are not read")
                self.names[node.name] = UNKNOWN
                return
        self.names.pop(node.name, None)
        names = dict(self.names)
        self.skip(node)
        # What a function sets is its own.
        self.names = names

    def dag_function(self, node, call):
        dag = self.new_dag(node, call.args if call else [], call.keywords if call else [], node.name)
        outer, names = (self.dag, self.groups), dict(self.names)
        self.dag, self.groups = dag, []
        for argument in ast.walk(node.args):
            if isinstance(argument, ast.arg):
                self.names[argument.arg] = UNKNOWN
        self.block(node.body)
        (self.dag, self.groups), self.names = outer, names

    # Expressions

    def expression(self, node):
        if node not in self.values:
            self.values[node] = self.read_expression(node)
        return self.values[node]

    def read_expression(self, node):
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            return self.names.get(node.id, UNKNOWN)
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            return [self.expression(element) for element in node.elts]
        if isinstance(node, ast.Dict):
            return self.dict(node)
        if isinstance(node, ast.JoinedStr):
            return self.joined(node)
        if isinstance(node, ast.BinOp):
            return self.binary(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            value = self.expression(node.operand)
            return -value if is_number(value) else UNKNOWN
        if isinstance(node, ast.Call):
            return self.call(node)
        if isinstance(node, (ast.Attribute, ast.Subscript)):
            # What a task has returned: task.output, task["rows"].
            value = self.expression(node.value)
            return value if isinstance(value, Task) else UNKNOWN
        if isinstance(node, (ast.Await, ast.Starred)):
            return self.expression(node.value)
        self.skip(node)
        return UNKNOWN

    def dict(self, node):
        entries = Entries()
        for key, value in zip(node.keys, node.values):
            found = self.expression(value)
            if key is None:
                if not isinstance(found, Entries):
                    self.problem(value, f"a dict that is merged in is not read: {self.short(value)}")
                else:
                    entries.update(found)
            elif isinstance(key, ast.Constant) and isinstance(key.value, str):
                entries[key.value] = (found, value)
            else:
                return UNKNOWN
        return entries

    def joined(self, node):
        text = ""
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                value = self.expression(part.value)
                if part.format_spec or part.conversion != -1 or not isinstance(value, (str, int)):
                    return UNKNOWN
                text += str(value)
            else:
                text += part.value
        return text

    def binary(self, node):
        left, right = self.expression(node.left), self.expression(node.right)
        if isinstance(node.op, ast.RShift):
            self.edge(left, right, node.left, node.right)
            return left if right is LABEL else right
        if isinstance(node.op, ast.LShift):
            self.edge(right, left, node.right, node.left)
            return left if right is LABEL else right
        texts = isinstance(left, str) and isinstance(right, str)
        numbers = is_number(left) and is_number(right)
        if isinstance(node.op, ast.Add) and (texts or numbers or (isinstance(left, list) and isinstance(right, list))):
            return left + right
        if isinstance(node.op, ast.Mult) and numbers:
            return left * right
        if isinstance(node.op, ast.Sub) and numbers:
            return left - right
        return UNKNOWN

    def call(self, node):
        name = self.called(node.func)
        if name == "DAG":
            return self.new_dag(node, node.args, node.keywords, None)
        if name == "TaskGroup":
            return self.group(node)
        if name in ("timedelta", "duration"):
            return self.seconds(node)
        if name in ("datetime", "DateTime", "today", "days_ago"):
            return self.time(node)
        if name in ("timezone", "ZoneInfo", "Timezone"):
            zone = self.expression(node.args[0]) if node.args else UNKNOWN
            return Zone(zone) if isinstance(zone, str) else UNKNOWN
        if name == "Label":
            return LABEL
        if name == "dict" and not node.args and all(keyword.arg for keyword in node.keywords):
            return Entries({k.arg: (self.expression(k.value), k.value) for k in node.keywords})
        if name in TASK_ORDER:
            return self.ordered(name, node)
        if isinstance(node.func, ast.Attribute):
            found = self.method(node, node.func.attr)
            if found is not None:
                return found
        target = self.expression(node.func)
        if isinstance(target, TaskFunction):
            return self.task_of_function(node, target, [])
        if isinstance(target, Mapped):
            return self.task_of_function(node, target.target, target.keywords)
        if self.is_operator(node):
            return self.task_of_operator(node, name, node.keywords)
        for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
            self.expression(argument)
        return UNKNOWN

    def method(self, node, name):
        """A call of a method that has to do with tasks; None for any other."""
        receiver = node.func.value
        if name in ("set_downstream", "set_upstream"):
            own = self.expression(receiver)
            for argument in [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "task_or_task_list")]:
                other = self.expression(argument)
                if name == "set_downstream":
                    self.edge(own, other, receiver, argument)
                else:
                    self.edge(other, own, argument, receiver)
            return UNKNOWN
        if name in ("partial", "override"):
            target = self.expression(receiver)
            if isinstance(target, TaskFunction):
                return Mapped(target, node.keywords)
            if name == "partial" and self.is_operator(node):
                return Mapped(self.called(receiver), node.keywords)
        if name in ("expand", "expand_kwargs"):
            target = self.expression(receiver)
            given = [*node.keywords, *(ast.keyword(name, argument) for argument in node.args)]
            mapped = Mapped(target, []) if isinstance(target, TaskFunction) else target
            if isinstance(mapped, Mapped):
                self.problem(node, "a task over a list is one step here: write it with step.map")
                if isinstance(mapped.target, TaskFunction):
                    return self.task_of_function(node, mapped.target, [*mapped.keywords, *given])
                return self.task_of_operator(node, mapped.target, [*mapped.keywords, *given])
        if name in ("as_setup", "as_teardown"):
            self.problem(node, f"{name} is not taken over: the step is one among the others")
            for keyword in node.keywords:
                self.expression(keyword.value)
            return self.expression(receiver)
        return None

    def seconds(self, node):
        units = {"days": 86400, "seconds": 1, "minutes": 60, "hours": 3600, "weeks": 604800, "milliseconds": 0.001}
        values = list(zip(("days", "seconds"), node.args)) + [(keyword.arg, keyword.value) for keyword in node.keywords]
        total = 0
        for unit, value in values:
            number = self.expression(value)
            if unit not in units or not is_number(number):
                return UNKNOWN
            total += units[unit] * number
        return Seconds(total) if len(node.args) <= 2 else UNKNOWN

    def time(self, node):
        """Of a start_date only the zone counts here."""
        for keyword in node.keywords:
            if keyword.arg in ("tz", "tzinfo"):
                zone = self.expression(keyword.value)
                if isinstance(zone, str):
                    return Zone(zone)
                if isinstance(zone, Zone):
                    return zone
                return Zone("UTC") if self.text(keyword.value).lower().endswith("utc") else UNKNOWN
        return Zone(None)

    # DAGs and tasks

    def new_dag(self, node, arguments, keywords, name):
        dag = Dag(node.lineno)
        settings = {}
        for i, argument in enumerate(arguments):
            if i == 0:
                settings["dag_id"] = (self.expression(argument), argument)
            else:
                self.problem(argument, f"an argument of the DAG without its name is not read: {self.short(argument)}")
        for keyword in keywords:
            value = self.expression(keyword.value)
            if keyword.arg is not None:
                settings[keyword.arg] = (value, keyword.value)
            elif isinstance(value, Entries):
                settings.update(value)
            else:
                self.problem(keyword.value, f"arguments of the DAG are not read: {self.short(keyword.value)}")
        defaults = settings.pop("default_args", None)
        if defaults and isinstance(defaults[0], Entries):
            dag.settings.update({f"default_args.{key}": self.setting(*entry) for key, entry in defaults[0].items()})
        elif defaults:
            self.problem(defaults[1], f"default_args are not read: {self.short(defaults[1])}")
        found, at = settings.pop("dag_id", (name, node))
        if isinstance(found, str):
            dag.id = found
        else:
            self.problem(at, "the id of this DAG is not a plain text; the DAG is left out")
        dag.settings.update({key: self.setting(*entry) for key, entry in settings.items()})
        self.dags.append(dag)
        return dag

    def setting(self, value, node):
        return {"line": node.lineno, "source": self.text(node), **read(value)}

    def group(self, node):
        keywords = {keyword.arg: self.expression(keyword.value) for keyword in node.keywords}
        id = self.expression(node.args[0]) if node.args else keywords.get("group_id")
        if not isinstance(id, str):
            self.problem(node, "the id of this TaskGroup is not a plain text; the ids of its tasks lack it")
            id = ""
        return Group(f"{id}." if id and keywords.get("prefix_group_id", True) is not False else "")

    def is_operator(self, node):
        named = any(keyword.arg == "task_id" for keyword in node.keywords)
        return named or self.called(node.func).endswith(("Operator", "Sensor"))

    def task_of_operator(self, node, operator, keywords):
        values = {keyword.arg: self.expression(keyword.value) for keyword in keywords}
        for argument in node.args:
            self.problem(argument, f"an argument of {operator} without its name is not read: {self.short(argument)}")
        id = values.get("task_id", UNKNOWN)
        if not isinstance(id, str):
            self.problem(node, f"the task_id of this {operator} is not a plain text; the task is left out")
            return UNKNOWN
        return self.add_task(node, id, operator, keywords, values.values(), values.get("dag"))

    def task_of_function(self, node, function, keywords):
        given = {keyword.arg: self.expression(keyword.value) for keyword in [*function.keywords, *keywords]}
        id = given.get("task_id", function.name)
        if not isinstance(id, str):
            self.problem(node, f"the task_id of {function.name} is not a plain text; the task is left out")
            return UNKNOWN
        arguments = [ast.keyword(f"argument {i + 1}", argument) for i, argument in enumerate(node.args)]
        own = [] if any(keyword in keywords for keyword in node.keywords) else node.keywords
        all = [*function.keywords, *keywords, *arguments, *own]
        values = [self.expression(keyword.value) for keyword in [*keywords, *arguments, *own]]
        return self.add_task(node, id, function.decorator, all, values, given.get("dag"))

    def add_task(self, node, id, operator, keywords, values, dag):
        dag = dag if isinstance(dag, Dag) else self.dag
        if dag is None:
            self.problem(node, f"the task {id} is of no DAG that could be read")
            return UNKNOWN
        id = "".join(group.prefix for group in self.groups) + id
        if operator.startswith("@"):
            # As Airflow numbers calls of one function.
            taken = {task.id for task in dag.tasks}
            first, n = id, 0
            while id in taken:
                n += 1
                id = f"{first}__{n}"
        elif any(task.id == id for task in dag.tasks):
            self.problem(node, f"a second task {id} is left out")
            return UNKNOWN
        arguments = {}
        for keyword in keywords:
            if keyword.arg not in ("task_id", "dag", None):
                arguments[keyword.arg] = self.setting(self.expression(keyword.value), keyword.value)
            elif keyword.arg is None:
                self.problem(keyword.value, f"arguments of {id} are not read: {self.short(keyword.value)}")
        task = Task(dag, id, operator, node.lineno, arguments)
        dag.tasks.append(task)
        for group in self.groups:
            group.tasks.append(task)
        for before in tasks_in(list(values)):
            dag.edges.append((before, task))
        return task

    # Order

    def edge(self, before, after, before_node, after_node):
        if before is LABEL or after is LABEL:
            return
        for value, node in ((before, before_node), (after, after_node)):
            if not is_order(value):
                # Of numbers and the like a shift is none of ours.
                known = is_order(before) or is_order(after) or self.dag is not None
                if known:
                    self.problem(node, f"order is not read: {self.short(node)} is no task that could be read")
        for dag in {task.dag for task in [*tasks_in(before), *tasks_in(after)]}:
            dag.edges.append((before, after))

    def ordered(self, name, node):
        values = [(self.expression(argument), argument) for argument in node.args]
        if any(isinstance(argument, ast.Starred) for argument in node.args):
            flat = []
            for value, argument in values:
                starred = isinstance(argument, ast.Starred) and isinstance(value, list)
                flat.extend([(one, argument) for one in value] if starred else [(value, argument)])
            values = flat
        values = [(value, argument) for value, argument in values if value is not LABEL]
        for (before, before_node), (after, after_node) in zip(values, values[1:]):
            if name == "chain" and isinstance(before, list) and isinstance(after, list):
                if len(before) != len(after):
                    self.problem(node, "chain joins lists of different lengths; their order is not read")
                    continue
                for one, other in zip(before, after):
                    self.edge(one, other, before_node, after_node)
            else:
                self.edge(before, after, before_node, after_node)
        return UNKNOWN

    # Names

    def path(self, node):
        """The dotted name of what was imported."""
        if isinstance(node, ast.Attribute):
            return f"{self.path(node.value)}.{node.attr}"
        return self.imports.get(node.id, node.id) if isinstance(node, ast.Name) else ""

    def called(self, func):
        """The last name of what is called, as its module names it."""
        if isinstance(func, ast.Attribute):
            return func.attr if func.attr != "partial" else self.called(func.value)
        if isinstance(func, ast.Name):
            return self.imports.get(func.id, func.id).split(".")[-1]
        return ""


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_order(value):
    return isinstance(value, (Task, Group)) or (isinstance(value, list) and all(is_order(one) for one in value))


def tasks_in(value):
    if isinstance(value, Task):
        return [value]
    if isinstance(value, Group):
        return value.tasks
    if isinstance(value, Entries):
        return tasks_in([found for found, _ in value.values()])
    return [task for one in value for task in tasks_in(one)] if isinstance(value, list) else []


def read(value):
    """What is known of a value: a literal, seconds, or a zone."""
    if isinstance(value, Seconds):
        return {"seconds": value.value}
    if isinstance(value, Zone):
        return {"zone": value.name}
    try:
        return {"literal": literal(value)}
    except ValueError:
        return {}


def literal(value):
    if isinstance(value, Entries):
        return {key: literal(found) for key, (found, _) in value.items()}
    if isinstance(value, list):
        return [literal(one) for one in value]
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    raise ValueError


def ends(value, edges, last):
    """Of a group its first or last tasks; of tasks themselves."""
    if isinstance(value, list):
        return [task for one in value for task in ends(one, edges, last)]
    if not isinstance(value, Group):
        return tasks_in(value)
    pairs = [(a, b) for before, after in edges for a in tasks_in(before) for b in tasks_in(after)]
    inner = {(b if not last else a) for a, b in pairs if a in value.tasks and b in value.tasks}
    return [task for task in value.tasks if task not in inner]


def told(dag):
    upstream = {task: [] for task in dag.tasks}
    for before, after in dag.edges:
        for a in ends(before, dag.edges, True):
            for b in ends(after, dag.edges, False):
                if b in upstream and a.dag is dag and a.id not in upstream[b]:
                    upstream[b].append(a.id)
    tasks = [
        {"id": t.id, "operator": t.operator, "line": t.line, "arguments": t.arguments, "upstream": upstream[t]}
        for t in dag.tasks
    ]
    return {"id": dag.id, "line": dag.line, "settings": dag.settings, "tasks": tasks}


def main():
    source = sys.stdin.buffer.read()
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError) as err:
        line = getattr(err, "lineno", None) or 1
        return nothing(line, f"it cannot be read: {getattr(err, 'msg', err)}")
    # As ast counts columns.
    reader = Reader(source.decode("utf-8-sig", "replace"))
    reader.block(tree.body)
    return {"dags": [told(dag) for dag in reader.dags if dag.id is not None], "problems": reader.problems}


def nothing(line, sentence):
    return {"dags": [], "problems": [{"line": line, "dag": None, "sentence": sentence}]}


try:
    answer = main()
except (RecursionError, MemoryError):
    answer = nothing(1, "it nests too deep to be read")
json.dump(answer, sys.stdout)
