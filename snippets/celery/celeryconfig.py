# part: broker
import os

broker_url = os.environ["CLOUDAMQP_URL"]
# All threads of a process share one connection, because the plan limits the connections.
broker_pool_limit = 1
# end: broker

# part: memory
# Each of these processes holds a copy of your app. The default is one for each core.
worker_concurrency = 2
# end: memory

# part: kill
# A task leaves the queue when it is done, not when it begins.
task_acks_late = True
# A task also goes back into the queue if only its own process dies, for lack of memory for instance.
task_reject_on_worker_lost = True
# On SIGTERM, tasks under way may take this long to finish. Heroku kills the dyno at 30 s.
worker_soft_shutdown_timeout = 20
# end: kill

# part: prefetch
# Take no task in advance: it would wait here while another worker is idle.
worker_prefetch_multiplier = 1
# end: prefetch
