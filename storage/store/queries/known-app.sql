-- Is there an application of this name? One row when calls of it are stored, none otherwise.
SELECT toString(app) AS app FROM calls WHERE app = {app:String} LIMIT 1
