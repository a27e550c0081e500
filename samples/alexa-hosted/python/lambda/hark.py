# What a handler for Lambda needs to be a program: a request on STDIN, its answer on STDOUT, and what it prints on STDERR.
import contextlib, json, sys
with contextlib.redirect_stdout(sys.stderr):
    from lambda_function import lambda_handler
    answer = lambda_handler(json.load(sys.stdin.buffer), None)  # where a process that was started ahead waits
json.dump(answer, sys.stdout)
