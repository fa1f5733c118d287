"""Push to and pull from a Label Studio server: the door is `connect`, `push` and `pull`.

The server's own library is an extra, `label-studio`, and imported only by `connect`.
"""

from dataprep.server.client import api_token, connect
from dataprep.server.pull import Pulled, Waiting, pull
from dataprep.server.push import Pushed, push

__all__ = ["Pulled", "Pushed", "Waiting", "api_token", "connect", "pull", "push"]
