import json, os, sys

conf = json.load(sys.stdin)
print("olá", conf["day"])
print("not good", file=sys.stderr)
sys.stdout.buffer.write(b"caf\xe9\r\n\n")
sys.stdout.flush()
print("x" * 10_000)
same = conf == json.loads(os.environ["DOCA_CONF"])
told = {name: value for name, value in os.environ.items() if name.startswith("DOCA_")}
names = [name for name in ("PATH", "SALES_DB") if name in os.environ]
# No line ends here.
sys.stdout.write(json.dumps({"args": sys.argv[1:], "same_conf": same, "told": told, "names": names}))
