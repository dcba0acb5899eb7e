"""Questions that apps ask all the time, each under a name that never changes its meaning: what is asked each minute
need not travel each minute.

Not here: what the names stand for is answered like any other question (operation.py); which texts are answered besides
(registered.py).
"""

DOCUMENTS = {
    "news.1": "query news($at: String!) { news(at: $at) { rows cursor at mark backed_up server_time } }",
}
